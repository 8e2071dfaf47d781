using Sallyport.LoadTests.Soak;

namespace Sallyport.Tests.LoadTests;

public sealed class ProcessSampleTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("sallyport-sample-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void This_process_holds_memory_handles_and_threads()
    {
        var sample = ProcessSample.Of(Environment.ProcessId, at: 3);

        Assert.Equal(3, sample.At);
        Assert.InRange(sample.Resident, 10, 100_000);
        Assert.InRange(sample.Anonymous, 1, sample.Resident);
        Assert.InRange(sample.Handles, 3, 100_000);
        Assert.InRange(sample.Threads, 2, 10_000);
    }

    [Fact]
    public void Handles_that_are_opened_are_counted()
    {
        var files = new List<FileStream>();
        var before = ProcessSample.Of(Environment.ProcessId, at: 0).Handles;
        try
        {
            // More than other tests of this process close meanwhile.
            for (var i = 0; i < 1_000; i++) files.Add(File.Create(Path.Combine(_directory.FullName, $"{i}")));

            Assert.InRange(ProcessSample.Of(Environment.ProcessId, at: 0).Handles, before + 500, before + 2_000);
        }
        finally
        {
            foreach (var file in files) file.Dispose();
        }
    }

    [Fact]
    public void A_process_that_is_not_there_is_no_sample() => Assert.ThrowsAny<IOException>(() => ProcessSample.Of(int.MaxValue, at: 0));

    [Fact]
    public async Task A_process_collects_its_garbage_and_tells_what_is_left()
    {
        var before = GC.CollectionCount(2);
        Assert.InRange((await Collection.InduceAsync(Environment.ProcessId))!.Value, 1, 4_096);
        Assert.True(GC.CollectionCount(2) > before);
        Assert.Null(await Collection.InduceAsync(int.MaxValue));
    }

    [Fact]
    public void Samples_are_written_a_line_each() => Assert.Equal(
        "gateway,seconds,resident_mib,anonymous_mib,handles,threads,collected_heap_mib\r\n1,0.0,98.55,15.55,238,30,\r\n2,2.0,99.00,16.00,240,31,20.50\r\n",
        SoakReport.Table([[new ProcessSample(0, 98.55, 15.55, 238, 30)], [new ProcessSample(2, 99, 16, 240, 31, 20.5)]]));
}
