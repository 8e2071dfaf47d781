namespace Sallyport.Tests.Support;

/// <summary>What a <see cref="Wire"/> does with connections.</summary>
internal enum WireMode
{
    /// <summary>Bytes go both ways.</summary>
    Pass,

    /// <summary>Connections stay open and new ones are taken; not a byte comes through. What was sent meanwhile arrives once it passes again.</summary>
    BlackHole,

    /// <summary>New connections are refused, and those that were open are reset.</summary>
    Refuse,
}
