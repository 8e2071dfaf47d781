var app = WebApplication.CreateBuilder(args);
app.Services.AddReverseProxy();
await app.Build().RunAsync();
