namespace Sallyport.Tests.Federation;

/// <summary>Plays S3: one bucket, and the policies of the role and of the bucket.</summary>
internal sealed class S3Player(PolicyDocument permissions, PolicyDocument bucketPolicy)
{
    private const string Bucket = "arn:aws:s3:::tenant-data";

    public bool Get(AwsSession session, string key) => IsAllowed(session, new AccessRequest("s3:GetObject", $"{Bucket}/{key}") { Principal = session.RoleArn });

    /// <param name="prefix">Null for a listing of the whole bucket.</param>
    public bool List(AwsSession session, string? prefix)
    {
        var request = new AccessRequest("s3:ListBucket", Bucket) { Principal = session.RoleArn };
        return IsAllowed(session, prefix is null ? request : request.With("s3:prefix", prefix));
    }

    public bool Put(AwsSession session, string key) => IsAllowed(session, new AccessRequest("s3:PutObject", $"{Bucket}/{key}") { Principal = session.RoleArn });

    private bool IsAllowed(AwsSession session, AccessRequest request)
    {
        request.With("aws:PrincipalArn", session.RoleArn);
        foreach (var (key, value) in session.Tags) request.With($"aws:PrincipalTag/{key}", value);
        return PolicyDocument.Allows(request, permissions, bucketPolicy);
    }
}
