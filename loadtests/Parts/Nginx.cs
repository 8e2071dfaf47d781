using System.Globalization;
using System.Net;

namespace Sallyport.LoadTests.Parts;

/// <summary>nginx as a plain proxy: it looks at no token. Connections to the upstream are kept.</summary>
internal static class Nginx
{
    public const string Program = "nginx";

    /// <summary>Writes its configuration into the directory and starts it.</summary>
    public static async Task<ChildProcess> StartAsync(string directory, int port, EndPoint upstream, CancellationToken cancellation)
    {
        var file = Path.Combine(directory, "nginx.conf");
        // It ends a connection after 1,000 requests unless told, and reopening it would be measured here and nowhere else.
        var text = string.Create(CultureInfo.InvariantCulture, $$"""
            daemon off;
            pid {{directory}}/nginx.pid;
            worker_processes auto;
            events { worker_connections 1024; }
            http {
                access_log off;
                client_body_temp_path {{directory}}/body;
                proxy_temp_path {{directory}}/proxy;
                fastcgi_temp_path {{directory}}/fastcgi;
                uwsgi_temp_path {{directory}}/uwsgi;
                scgi_temp_path {{directory}}/scgi;
                keepalive_requests 1000000;
                upstream service {
                    server {{upstream}};
                    keepalive 64;
                    keepalive_requests 1000000;
                }
                server {
                    listen 127.0.0.1:{{port}};
                    location / {
                        proxy_pass http://service;
                        proxy_http_version 1.1;
                        proxy_set_header Connection "";
                    }
                }
            }

            """);
        await File.WriteAllTextAsync(file, text, cancellation);
        return await ChildProcess.RunAsync(Program, directory, port, ["-p", directory, "-e", "stderr", "-c", file], cancellation);
    }
}
