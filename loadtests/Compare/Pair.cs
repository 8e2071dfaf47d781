using System.Runtime.InteropServices;

namespace Sallyport.LoadTests.Compare;

/// <summary>The same figure of bare YARP and of the gateway.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Pair(Spread Bare, Spread Gateway);
