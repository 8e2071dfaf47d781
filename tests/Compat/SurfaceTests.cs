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
    public void Every_method_of_the_client_compiles()
    {
        const BindingFlags All = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        var methods = Client.GetTypes()
            .Where(type => !type.ContainsGenericParameters)
            .SelectMany(type => type.GetMethods(All).Cast<MethodBase>().Concat(type.GetConstructors(All)))
            .Where(method => !method.IsAbstract && !method.ContainsGenericParameters && method.GetMethodBody() is not null)
            .ToList();

        foreach (var method in methods)
            RuntimeHelpers.PrepareMethod(method.MethodHandle);

        Assert.InRange(methods.Count, 1000, 20_000);
    }

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
