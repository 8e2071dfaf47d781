namespace Sallyport.Policies;

/// <summary>A text, and the texts in it.</summary>
internal sealed record TextList(string Text, string[] Items);
