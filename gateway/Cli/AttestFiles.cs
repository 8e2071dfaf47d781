using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Sallyport.Gateway.Attestation;
using Sallyport.Gateway.Configuration;

namespace Sallyport.Gateway.Cli;

/// <summary>The files of <c>attest</c>: read within bounds, hashed as they stream, written whole or not at all.</summary>
internal static class AttestFiles
{
    public static int Fail(ConsoleStreams streams, string problem, int code)
    {
        streams.Error.WriteLine(Visible.Line(problem));
        return code;
    }

    public static bool TryRead(string file, int most, [NotNullWhen(true)] out byte[]? bytes, [NotNullWhen(false)] out string? problem)
    {
        (bytes, problem) = (null, null);
        try
        {
            bytes = BoundedFile.Read(file, most).Bytes;
            if (bytes is null) problem = $"{file} is longer than {most} bytes.";
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            problem = $"{file} cannot be read: {e.Message}";
        }

        return bytes is not null;
    }

    /// <summary>The subjects that these files are: the last part of each name, and the digest.</summary>
    public static async Task<(IReadOnlyList<StatementSubject> Subjects, string? Problem)> HashAsync(IReadOnlyList<string> files, CancellationToken cancellation)
    {
        if (files.Count > Statement.MaxSubjects) return ([], $"There are more than {Statement.MaxSubjects} subjects.");
        var subjects = new List<StatementSubject>();
        foreach (var file in files)
        {
            try
            {
                subjects.Add(new StatementSubject(Path.GetFileName(file), await HashAsync(file, cancellation)));
            }
            catch (Exception e) when (IsOfFiles(e))
            {
                return ([], $"{file} cannot be read: {e.Message}");
            }
        }

        return (subjects, null);
    }

    /// <summary>The envelope and a line end.</summary>
    public static async Task<int> WriteAsync(byte[] envelope, string? target, string keyId, ConsoleStreams streams, CancellationToken cancellation)
    {
        var text = $"{Encoding.UTF8.GetString(envelope)}\n";
        if (target is null)
        {
            await streams.Output.WriteAsync(text.AsMemory(), cancellation);
            return ExitCode.Good;
        }

        var beside = $"{target}.{Guid.NewGuid():N}.new";
        try
        {
            try
            {
                await File.WriteAllTextAsync(beside, text, cancellation);
                File.Move(beside, target, overwrite: true);
            }
            finally
            {
                File.Delete(beside);
            }
        }
        catch (Exception e) when (IsOfFiles(e))
        {
            return Fail(streams, $"The attestation is recorded, but {target} cannot be written: {e.Message}", ExitCode.Refused);
        }

        await streams.Output.WriteLineAsync(Visible.Line($"Attested by {keyId}: {target}"));
        return ExitCode.Good;
    }

    // No more than it had when it was opened: a device never ends, and what grows meanwhile is not what was meant.
    private static async Task<string> HashAsync(string file, CancellationToken cancellation)
    {
        await using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, useAsync: false);
        if (!stream.CanSeek) throw new IOException("it is no ordinary file.");
        var (length, read) = (stream.Length, 0L);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 * 1024];
        while (await stream.ReadAsync(buffer, cancellation) is > 0 and var count)
        {
            read += count;
            if (read > length) break;
            hash.AppendData(buffer, 0, count);
        }

        if (read != length) throw new IOException("it changes while it is read.");
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool IsOfFiles(Exception e) => e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException;
}
