using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Sallyport.Gateway.Admin;
using Sallyport.Gateway.Audit;
using Sallyport.Gateway.Configuration;
using Sallyport.Gateway.Identity;
using Sallyport.Gateway.Issuing;
using Sallyport.Gateway.Keys;
using Sallyport.Gateway.Proxy;
using Sallyport.Gateway.Redis;
using Sallyport.Gateway.Revocation;
using Sallyport.Gateway.Telemetry;
using Sallyport.Gateway.Tokens;
using Sallyport.Gateway.Trust;
using Sallyport.Gateway.Verification;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Sallyport.Gateway;

/// <summary>All dependency injection of the process.</summary>
internal static class Composition
{
    /// <summary>What verifying and deciding needs; the verbs use it without a server.</summary>
    public static IServiceCollection AddVerification(this IServiceCollection services, GatewayOptions options, IHostEnvironment environment)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider =>
        {
            var (trust, clock) = (provider.GetRequiredService<TrustedIssuers>(), provider.GetRequiredService<TimeProvider>());
            var metrics = new GatewayMetrics();
            metrics.ObserveKeyAges(() => KeyAges.All(trust, clock));
            var revocations = provider.GetRequiredService<RevocationList>();
            if (revocations.IsShared) metrics.ObserveRevocations(() => revocations.Current.Count, () => revocations.Lag?.TotalSeconds);
            return metrics;
        });
        if (options.Redis is { } redis) services.AddRedis(redis);
        services.AddIdentity(options.Identity);
        services.AddAudit(options.Audit);
        services.AddSingleton<TrustedIssuers>();
        services.AddSingleton<CompiledPolicies>();
        services.AddSingleton<RouteTable>();
        services.AddSingleton<RunningConfiguration>();
        services.AddSingleton(_ => new KeyDownload(isInsecureAllowed: environment.IsDevelopment()));
        if (options.Issuer is { } issuer)
        {
            services.AddKeyRing(issuer.Keys, options.Audit);
            services.AddOwnIssuer(issuer);
            if (issuer.Keys.Store == KeyStoreKind.Spiffe && options.Redis is not null) services.AddSingleton<SpiffePeers>();
        }

        services.AddSingleton(provider => new TrustedIssuerFactory(
            provider.GetRequiredService<KeyDownload>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<GatewayMetrics>(),
            provider.GetRequiredService<ILoggerFactory>(),
            provider.GetService<KeySharing>(),
            provider.GetService<OwnPublicKeys>()));
        services.AddSingleton(provider => new VerifiedTokens(options.VerifiedTokens, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new RevocationList(options.Revocation, provider.GetRequiredService<TimeProvider>(), isShared: options.Redis is not null));
        services.AddSingleton(options.Revocation);
        services.AddSingleton<RevocationCheck>();
        services.AddSingleton<TokenVerifier>();
        return services;
    }

    /// <summary>The ring of our own keys, at rest: verbs work on it, and whoever adds <see cref="KeyRotator"/> as a hosted service keeps it going.</summary>
    public static IServiceCollection AddKeyRing(this IServiceCollection services, KeyRingOptions options, AuditOptions? audit = null)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<OwnKeys>();
        services.AddAudit(audit ?? new AuditOptions());
        services.AddSingleton(options);
        services.AddSingleton(_ =>
        {
            if (options.Store == KeyStoreKind.Memory && options.KeyEncryptionKeys.Count == 0) return KeyEncryptionKeys.Ephemeral();
            return KeyEncryptionKeys.TryRead(options.KeyEncryptionKeys, out var keys, out var problem)
                ? keys
                : throw new InvalidOperationException($"{problem} See Sallyport.Issuer.Keys.KeyEncryptionKey.");
        });
        services.AddSingleton<IKeyStore>(provider => options.Store switch
        {
            KeyStoreKind.Memory => new MemoryKeyStore(provider.GetRequiredService<TimeProvider>()),
            _ when options.IsInRedis => new RedisKeyStore(provider.GetRequiredService<RedisConnection>()),
            _ => new FileKeyStore(options.Directory!, provider.GetRequiredService<TimeProvider>()),
        });
        if (options.AwsKms is { } kms)
        {
            services.AddSingleton(provider => new KmsCalls(kms, provider.GetRequiredService<GatewayMetrics>()));
            services.AddSingleton<IKeyMaker>(provider => new KmsKeyMaker(
                kms,
                options,
                new KeySealing(provider.GetRequiredService<KeyEncryptionKeys>(), options.Issuer, KeySealing.KmsKeyName),
                provider.GetRequiredService<KmsCalls>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<KmsKeyMaker>>()));
        }
        else
        {
            services.AddSingleton<IKeyMaker>(provider => new LocalKeyMaker(new KeySealing(provider.GetRequiredService<KeyEncryptionKeys>(), options.Issuer), options));
        }

        services.AddSingleton<RingKeeper>();
        services.AddSingleton<RingReplica>();
        services.AddSingleton<IKeyReplica>(provider => options.Store == KeyStoreKind.Spiffe ? Spiffe(provider, options) : provider.GetRequiredService<RingReplica>());
        services.AddSingleton(provider => new KeyEndorser(
            options,
            provider.GetRequiredService<AuditTrail>(),
            provider.GetService<IdentityOptions>() is null ? null : provider.GetRequiredService<OwnIdentity>(),
            provider.GetService<EndorsementArchive>()));
        return services;
    }

    /// <summary>Where records go, and the archive. Whoever adds <see cref="TrailKeeper"/> as a hosted service has checkpoints signed.</summary>
    public static IServiceCollection AddAudit(this IServiceCollection services, AuditOptions options)
    {
        if (services.Any(service => service.ServiceType == typeof(AuditOptions))) return services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(provider => new AuditTrail(
            provider.GetRequiredService<ILogger<AuditTrail>>(), provider.GetService<TrailWriter>(), provider.GetService<GatewayMetrics>()));
        if (options.Keys is { } keys) services.AddSingleton(_ => new KeyArchive(keys));
        if (options.Endorsements is { } endorsements) services.AddSingleton(_ => new EndorsementArchive(endorsements));
        if (options.Sink == AuditSinkKind.Log) return services;
        services.AddSingleton<ITrailStore>(provider => options.Sink == AuditSinkKind.Redis
            ? new RedisTrail(provider.GetRequiredService<RedisConnection>(), options.Issuer, provider.GetRequiredService<TimeProvider>())
            : new FileTrail(options.Directory!, options.Issuer, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new TrailWriter(
            provider.GetRequiredService<ITrailStore>(), provider.GetRequiredService<ILogger<TrailWriter>>(), provider.GetService<GatewayMetrics>()));
        return services;
    }

    private static SpiffeReplica Spiffe(IServiceProvider provider, KeyRingOptions options) => new(
        options,
        provider.GetRequiredService<OwnIdentity>(),
        provider.GetRequiredService<OwnKeys>(),
        provider.GetRequiredService<AuditTrail>(),
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<ILogger<SpiffeReplica>>(),
        provider.GetService<KeyArchive>(),
        provider.GetService<SpiffePeers>());

    /// <summary>Who this process is; null options for a process that has no identity. Whoever adds <see cref="IdentitySource"/> as a hosted service, or starts it, keeps it going.</summary>
    public static IServiceCollection AddIdentity(this IServiceCollection services, IdentityOptions? options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<OwnIdentity>();
        if (options is null) return services;
        services.AddSingleton(options);
        services.AddSingleton<IIdentityFeed>(provider => options.Source switch
        {
            IdentitySourceKind.Files => new SvidFiles(options.Files!, options.SpiffeId, provider.GetRequiredService<TimeProvider>()),
            _ => new WorkloadFeed(new WorkloadApiClient(options.WorkloadApi!), options.SpiffeId, provider.GetRequiredService<TimeProvider>()),
        });
        services.AddSingleton(provider => new IdentityIntake(
            provider.GetRequiredService<OwnIdentity>(), provider.GetRequiredService<ILogger<IdentityIntake>>(), provider.GetService<GatewayMetrics>()));
        services.AddSingleton(provider => new IdentitySource(
            options,
            provider.GetRequiredService<OwnIdentity>(),
            provider.GetRequiredService<IIdentityFeed>(),
            provider.GetRequiredService<IdentityIntake>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<IdentitySource>>(),
            provider.GetService<GatewayMetrics>()));
        return services;
    }

    /// <summary>What signs, as far as there is a key, and what the outer door knows of our keys.</summary>
    private static void AddOwnIssuer(this IServiceCollection services, IssuerOptions issuer)
    {
        services.TryAddSingleton(issuer);
        services.TryAddSingleton<TokenMint>();
        services.AddSingleton<SharedAssertions>();
        services.AddSingleton<AssertionMint>();
        services.AddSingleton<ICheckpointSigner, CheckpointSigner>();
        services.AddSingleton(provider =>
        {
            var keys = provider.GetRequiredService<OwnKeys>();
            var isEphemeral = issuer.Keys.Store == KeyStoreKind.Memory;
            // Epoch 0: nothing was read yet, or nothing that can be believed.
            var own = new OwnPublicKeys(
                () => keys.Current is { Epoch: > 0 } ring ? ring.Published : null,
                // An SVID's key is known to nobody else, but where replicas tell each other.
                isEphemeral || (issuer.Keys.Store == KeyStoreKind.Spiffe && provider.GetService<SpiffePeers>() is null) ? null : cancellation => LookAgainAsync(provider, keys, cancellation),
                isEphemeral,
                provider.GetRequiredService<TimeProvider>());
            keys.Listen(_ => own.Changed());
            own.Changed();
            return own;
        });
    }

    /// <summary>Looks whether the ring is another one by now: whoever keeps it does, or else, in a verb, it is read once and left as it is.</summary>
    private static async Task LookAgainAsync(IServiceProvider provider, OwnKeys keys, CancellationToken cancellation)
    {
        if (provider.GetService<KeyRotator>() is { } rotator)
        {
            await rotator.LookAsync(cancellation);
            return;
        }

        if (provider.GetRequiredService<KeyRingOptions>().Store == KeyStoreKind.Spiffe) throw new KeyStoreAwayException("only a running gateway knows the keys of SVIDs");
        var (stored, ring, problem) = await provider.GetRequiredService<RingKeeper>().ReadAsync(cancellation);
        if (ring is null) throw new KeyStoreAwayException(problem ?? "the key ring cannot be read");
        keys.Publish(new OpenRing(ring.Epoch, null, JwkSet.Of([.. ring.Published(stored.Now).Select(key => key.Public)]), "read by a verb"));
    }

    private static void AddRedis(this IServiceCollection services, RedisOptions redis)
    {
        services.AddSingleton(redis);
        services.AddSingleton(_ =>
        {
            var keys = new List<byte[]>();
            foreach (var source in redis.MacKeys)
                keys.Add(source.TryRead(MacKeys.LeastBytes, out var key, out var problem)
                    ? key
                    : throw new MistakesException([new Mistake("$.Sallyport.Redis.MacKey", problem!, "Give keys that can be read.")]));
            return new MacKeys(keys);
        });
        services.AddSingleton(provider =>
        {
            var metrics = provider.GetRequiredService<GatewayMetrics>();
            var connection = new RedisConnection(redis, metrics, provider.GetRequiredService<ILogger<RedisConnection>>());
            metrics.ObserveRedis(() => connection.IsThere);
            return connection;
        });
        services.AddSingleton<KeyAnnouncements>();
        services.AddSingleton<KeySharing>();
        services.AddSingleton<RevocationStore>();
        services.AddSingleton(provider => new RecordSeal(provider.GetRequiredService<MacKeys>(), redis.Prefix));
        services.AddSingleton<RevocationReplica>();
        services.AddSingleton<RevocationSync>();
    }

    /// <summary>The inner door: what signs tokens, and the endpoints that give them out.</summary>
    public static IServiceCollection AddIssuing(this IServiceCollection services, IssuerOptions issuer)
    {
        services.AddSingleton(issuer);
        services.TryAddSingleton<OwnKeys>();
        services.AddAudit(new AuditOptions());
        services.TryAddSingleton<TokenMint>();
        services.AddSingleton<Clients>();
        services.AddSingleton(provider => new AssertionReplays(provider.GetRequiredService<TimeProvider>(), provider.GetService<RedisConnection>()));
        services.AddSingleton<ClientAssertion>();
        services.AddSingleton<ClientAuthentication>();
        services.AddSingleton<ClientCredentialsGrant>();
        services.AddSingleton<TokenExchangeGrant>();
        services.AddSingleton<MetadataEndpoint>();
        services.AddSingleton<JwksEndpoint>();
        services.AddSingleton<EndorsementsEndpoint>();
        services.AddSingleton<TokenEndpoint>();
        services.AddSingleton<IssuerEndpoints>();
        return services;
    }

    /// <summary>The proxy: YARP, the gate before every route, and the ASP.NET Core scheme for endpoints that are not proxied.</summary>
    public static IServiceCollection AddGateway(this IServiceCollection services)
    {
        services.AddSingleton<ExpiryWatch>();
        services.AddSingleton<Gate>();
        services.AddSingleton<IProxyConfigProvider>(provider => provider.GetRequiredService<RouteTable>());
        services.AddSingleton<ITransformProvider, IdentityTransforms>();
        services.AddReverseProxy();
        services.AddRequestTimeouts();

        services.AddSingleton<IAuthorizationPolicyProvider, PolicyProvider>();
        services.AddSingleton<IAuthorizationHandler, PolicyRequirementHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, PolicyAnswer>();
        services.AddSingleton<BearerTokenHandler>();
        services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        services.AddSingleton<IConfigureOptions<JwtBearerOptions>>(provider => new ConfigureNamedOptions<JwtBearerOptions, BearerTokenHandler>(
            JwtBearerDefaults.AuthenticationScheme,
            provider.GetRequiredService<BearerTokenHandler>(),
            static (bearer, handler) =>
            {
                bearer.TokenHandlers.Clear();
                bearer.TokenHandlers.Add(handler);
                bearer.MapInboundClaims = false;
            }));
        return services;
    }

    /// <summary>What runs beside the proxy.</summary>
    public static IServiceCollection AddBackground(this IServiceCollection services, GatewayOptions options, IConfigurationRoot configuration, IHostEnvironment environment)
    {
        services.AddSingleton(configuration);
        if (OtlpTargets.TryRead(options.Telemetry, configuration, out var targets))
        {
            services.AddSingleton(_ => new GatewayTelemetry(targets, configuration));
            services.AddSingleton<ILoggerProvider, OtlpLoggerProvider>();
            services.AddHostedService(provider => provider.GetRequiredService<GatewayTelemetry>());
        }

        services.AddSingleton<Health>();
        services.AddSingleton<KeyCaches>();
        if (options.Issuer is not null) services.AddSingleton<SigningStatus>();
        services.AddSingleton<AdminServer>();
        services.AddHostedService(provider => provider.GetRequiredService<AdminServer>());
        // Before the first keys are fetched: another replica may have them.
        if (options.Redis is not null)
        {
            services.AddHostedService(provider => provider.GetRequiredService<RedisConnection>());
            services.AddHostedService(provider => provider.GetRequiredService<RevocationSync>());
        }

        // Before whoever records.
        if (options.Audit.Sink != AuditSinkKind.Log)
        {
            services.AddSingleton(provider => new TrailKeeper(
                options.Audit,
                provider.GetRequiredService<TrailWriter>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<TrailKeeper>>(),
                provider.GetService<ICheckpointSigner>()));
            services.AddHostedService(provider => provider.GetRequiredService<TrailKeeper>());
            services.AddSingleton<AuditStatus>();
        }
        else if (options.Issuer is not null && !environment.IsDevelopment())
        {
            services.AddHostedService<AuditNotice>();
        }

        // Before the keys, which it may have to vouch for.
        if (options.Identity is not null)
        {
            services.AddSingleton<IdentityStatus>();
            services.AddHostedService(provider => provider.GetRequiredService<IdentitySource>());
        }

        // Before the proxy listens: whoever cannot sign does not serve. After Redis, where the keys may be.
        if (options.Issuer is not null)
        {
            services.AddSingleton<KeyRotator>();
            services.AddHostedService(provider => provider.GetRequiredService<KeyRotator>());
        }

        services.AddHostedService<KeyRefresher>();
        services.AddHostedService<ConfigurationReloader>();
        return services;
    }
}
