using System.Reflection;
using Xunit.Sdk;

namespace Sallyport.Tests.Support;

/// <summary>Runs a theory once for each <see cref="Door"/>, and where asked with HTTP/1.1 and HTTP/2 (second argument) at each.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachDoorAttribute(bool alsoHttp2 = false) : DataAttribute
{
    public bool AlsoHttp2 { get; } = alsoHttp2;

    public override IEnumerable<object[]> GetData(MethodInfo testMethod)
    {
        foreach (var door in Enum.GetValues<Door>())
        {
            if (!AlsoHttp2)
            {
                yield return [door];
                continue;
            }

            yield return [door, false];
            yield return [door, true];
        }
    }
}
