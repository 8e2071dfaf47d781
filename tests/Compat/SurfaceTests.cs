using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;
using Pipelines.Sockets.Unofficial;
using StackExchange.Redis;

namespace Sallyport.Tests.Compat;

/// <summary>The stand-in has every type and member that the client was compiled against.</summary>
public sealed class SurfaceTests
{
    // In place of the client's own type parameters, where a reference is made from generic code: none of them is constrained here.
    private static readonly Type[] AnyTypes = [typeof(object), typeof(object), typeof(object), typeof(object)];

    private static readonly Assembly Client = typeof(ConnectionMultiplexer).Assembly;
    private static readonly Assembly StandIn = typeof(SocketConnection).Assembly;

    [Fact]
    public void Every_member_that_the_client_refers_to_exists()
    {
        using var file = new PEReader(File.OpenRead(Client.Location));
        var metadata = file.GetMetadataReader();
        var module = Client.ManifestModule;

        var types = metadata.TypeReferences
            .Where(handle => IsOfStandIn(metadata, handle))
            .Select(handle => module.ResolveType(MetadataTokens.GetToken(handle)))
            .ToList();
        var members = metadata.MemberReferences
            .Where(handle => IsOfStandIn(metadata, metadata.GetMemberReference(handle).Parent))
            .Select(handle => module.ResolveMember(MetadataTokens.GetToken(handle), AnyTypes, AnyTypes))
            .ToList();

        Assert.InRange(types.Count, 20, 100);
        Assert.InRange(members.Count, 60, 200);
        Assert.All(types, type => Assert.Equal(StandIn, type.Assembly));
        Assert.All(members, member => Assert.Equal(StandIn, member!.DeclaringType!.Assembly));
    }

    [Fact]
    public void Every_interface_that_the_client_calls_on_a_struct_is_implemented()
    {
        using var file = new PEReader(File.OpenRead(Client.Location));
        var metadata = file.GetMetadataReader();

        // Such a call names the interface's method and, in a prefix, the struct: no member reference tells, and it compiles without.
        var calls = Methods()
            .SelectMany(method => ConstrainedCalls(method.GetMethodBody()!.GetILAsByteArray()!).Select(call => (Method: method, call.Type, call.Member)))
            .Where(call => IsOfStandIn(metadata, MetadataTokens.EntityHandle(call.Type)))
            .Select(call => (Type: Resolve(call.Method, call.Type), Member: Resolve(call.Method, call.Member)))
            .ToList();

        Assert.NotEmpty(calls);
        Assert.All(calls, call => Assert.Contains(call.Member.DeclaringType!, ((Type)call.Type).GetInterfaces()));
    }

    [Fact]
    public void Every_method_of_the_client_compiles()
    {
        var methods = Methods().Where(method => !method.ContainsGenericParameters && !method.DeclaringType!.ContainsGenericParameters).ToList();

        foreach (var method in methods)
            RuntimeHelpers.PrepareMethod(method.MethodHandle);

        Assert.InRange(methods.Count, 1000, 20_000);
    }

    /// <summary>All that have a body.</summary>
    private static IEnumerable<MethodBase> Methods()
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        return Client.GetTypes()
            .SelectMany(type => type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
            .Where(method => method.GetMethodBody() is not null);
    }

    /// <summary>The tokens of the type and of the member, for each <c>constrained.</c> prefix (ECMA-335, III.2.1) with its <c>callvirt</c>.</summary>
    private static IEnumerable<(int Type, int Member)> ConstrainedCalls(byte[] code)
    {
        // Without decoding what is between: an operand that looks like this by chance names no type of the stand-in.
        for (var i = 0; i + 11 <= code.Length; i++)
            if (code[i] == 0xFE && code[i + 1] == 0x16 && code[i + 6] == 0x6F)
                yield return (BitConverter.ToInt32(code, i + 2), BitConverter.ToInt32(code, i + 7));
    }

    private static MemberInfo Resolve(MethodBase context, int token) => context.Module.ResolveMember(
        token,
        context.DeclaringType!.GetGenericArguments(),
        context.IsConstructor ? null : context.GetGenericArguments())!;

    private static bool IsOfStandIn(MetadataReader metadata, EntityHandle type)
    {
        while (true)
        {
            switch (type.Kind)
            {
                case HandleKind.TypeReference:
                    type = metadata.GetTypeReference((TypeReferenceHandle)type).ResolutionScope;
                    continue;
                case HandleKind.TypeSpecification:
                    var signature = metadata.GetBlobReader(metadata.GetTypeSpecification((TypeSpecificationHandle)type).Signature);
                    if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
                        return false;
                    signature.ReadByte(); // Class or value type.
                    type = signature.ReadTypeHandle();
                    continue;
                case HandleKind.AssemblyReference:
                    var assembly = metadata.GetAssemblyReference((AssemblyReferenceHandle)type);
                    return metadata.StringComparer.Equals(assembly.Name, StandIn.GetName().Name!);
                default:
                    return false;
            }
        }
    }
}
