using System.Text;
using Sallyport.Gateway.Configuration;

namespace Sallyport.Tests.Configuration;

/// <summary>A look at a file says what reading it would say, and costs next to nothing: it is taken every half second.</summary>
public sealed class JsonFileTests
{
    private const int Mebibyte = 1024 * 1024;

    [Theory]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("""{ "a": 1, "A": 2 }""")]
    [InlineData("no JSON")]
    public void A_look_tells_the_version_that_reading_tells(string text)
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, text);
            var before = JsonFile.VersionOf(file);
            Assert.Equal(JsonFile.Read(file, required: true).Version, before);
            File.WriteAllText(file, text + " ");
            Assert.NotEqual(before, JsonFile.VersionOf(file));
            Assert.Equal(JsonFile.Read(file, required: true).Version, JsonFile.VersionOf(file));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void So_it_is_for_a_file_that_is_not_there_no_file_or_too_large()
    {
        var file = Path.GetTempFileName();
        try
        {
            using (var stream = File.OpenWrite(file)) stream.SetLength((16 * Mebibyte) + 1);
            Assert.Equal(JsonFile.Read(file, required: true).Version, JsonFile.VersionOf(file));
            Assert.Equal("large", JsonFile.VersionOf(file));
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Equal(JsonFile.Read(file, required: false).Version, JsonFile.VersionOf(file));
        Assert.Equal(JsonFile.Read(Path.GetTempPath(), required: false).Version, JsonFile.VersionOf(Path.GetTempPath()));
    }

    [Fact]
    public void A_look_at_a_large_file_allocates_no_more_than_at_a_small_one()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, $$"""{ "a": "{{new StringBuilder().Append('x', 4 * Mebibyte)}}" }""");
            JsonFile.VersionOf(file);
            var before = GC.GetAllocatedBytesForCurrentThread();
            JsonFile.VersionOf(file);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 1, 32 * 1024);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
