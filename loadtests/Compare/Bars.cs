namespace Sallyport.LoadTests.Compare;

/// <summary>What must hold of a comparison: ratios of medians. A bar whose lines were not measured is left out.</summary>
internal static class Bars
{
    public static readonly string[] Headings = ["bar", "limit", "measured", "by round", ""];

    public static List<Bar> Of(Results results, SignatureArithmetic? arithmetic, Pair? memory, Pair? start)
    {
        var bars = new List<Bar>();
        foreach (var algorithm in ComparedLine.Algorithms)
        {
            var repeated = ComparedLine.Of(Contender.Gateway, algorithm);
            Ratio($"one {algorithm} token: CPU time to bare YARP's", 1.05, isMost: true, repeated.Name, repeated.Yardstick, sample => sample.Cpu);
            Ratio($"one {algorithm} token: throughput to bare YARP's", 1.0, isMost: false, repeated.Name, repeated.Yardstick, sample => sample.Throughput);
            Ratio($"one {algorithm} token: p99 to bare YARP's", 1.1, isMost: true, repeated.Name, repeated.Yardstick, sample => sample.Slow);
        }

        Ratio("assertions, one ES256 token: CPU time to bare YARP's", 1.15, isMost: true, "gateway-assertion", "bare-es256", sample => sample.Cpu);
        Ratio("new ES256 tokens: throughput to YARP + JwtBearer's", 1.3, isMost: false, "gateway-new-es256", "stock-new-es256", sample => sample.Throughput);
        Ratio("new ES256 tokens: throughput to HAProxy's", 0.8, isMost: false, "gateway-new-es256", "haproxy-new-es256", sample => sample.Throughput);
        Ratio("one ES256 token: throughput to HAProxy's", 1.5, isMost: false, "gateway-es256", "haproxy-es256", sample => sample.Throughput);
        Ratio("one RS256 token: throughput to HAProxy's", 1.0, isMost: false, "gateway-rs256", "haproxy-rs256", sample => sample.Throughput);
        foreach (var algorithm in ComparedLine.Algorithms) Arithmetic(algorithm);
        if (memory is { } peaks)
            bars.Add(new($"peak memory with {ManyTokens.Count:#,0} tokens, over bare YARP's", 150, true, peaks.Gateway.Median - peaks.Bare.Median, null, " MiB", "0"));
        if (start is { } starts)
            bars.Add(new("start to the first 200, to bare YARP's", 1.5, true, starts.Gateway.Median / starts.Bare.Median, null));
        return bars;

        void Ratio(string name, double limit, bool isMost, string line, string other, Func<Sample, double> figure)
        {
            if (results.Has(line, other)) bars.Add(new(name, limit, isMost, results.RatioOfMedians(line, other, figure), results.RoundRatios(line, other, figure)));
        }

        void Arithmetic(string algorithm)
        {
            var line = ComparedLine.Of(Contender.GatewayOfNewTokens, algorithm);
            if (arithmetic?.Of(algorithm) is not { } signature || !results.Has(line.Name, line.Yardstick)) return;
            var added = results.Of(line.Name, sample => sample.Cpu).Median - results.Of(line.Yardstick, sample => sample.Cpu).Median;
            bars.Add(new(
                $"new {algorithm} tokens: signature arithmetic ({Spread.Text(signature.Median, "0.0")} us) in the CPU time added over bare YARP ({Spread.Text(added, "0.0")} us)",
                75, false, 100 * signature.Median / added, null, " %", "0"));
        }
    }
}
