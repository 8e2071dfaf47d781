namespace Sallyport.Policies;

/// <summary>The JSON type of a claim's value.</summary>
public enum ClaimKind
{
    /// <summary>JSON null; also the kind of a default <see cref="ClaimValue"/>.</summary>
    Null,

    /// <summary>A string.</summary>
    String,

    /// <summary>A number, kept as the digits that the token holds.</summary>
    Number,

    /// <summary>true or false.</summary>
    Boolean,

    /// <summary>An array.</summary>
    Array,

    /// <summary>An object.</summary>
    Object,
}
