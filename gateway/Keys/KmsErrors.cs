using System.Globalization;
using Amazon.Runtime;

namespace Sallyport.Gateway.Keys;

/// <summary>Reads what the client of AWS KMS throws. Of its text nothing is passed on: only the operation, the error's code and the status.</summary>
internal static class KmsErrors
{
    private const int MaxCodeLength = 64;

    public static KmsException Of(string operation, Exception e) => e switch
    {
        AmazonServiceException { ErrorCode: { Length: > 0 } code } answered => Of(operation, code, (int)answered.StatusCode),
        AmazonUnmarshallingException => new(KmsFault.Garbage, $"AWS KMS answered {operation} with something that is no answer"),
        AmazonServiceException { StatusCode: >= (System.Net.HttpStatusCode)500 } broken =>
            new(KmsFault.Away, string.Create(CultureInfo.InvariantCulture, $"AWS KMS answered {operation} with HTTP {(int)broken.StatusCode}")),
        AmazonServiceException { InnerException: HttpRequestException or IOException or OperationCanceledException } or HttpRequestException or IOException or TimeoutException or OperationCanceledException =>
            new(KmsFault.Away, $"AWS KMS could not be asked to {operation}"),
        AmazonServiceException => new(KmsFault.Garbage, $"AWS KMS answered {operation} with something that is no answer"),
        AmazonClientException => new(KmsFault.Denied, "the AWS credentials of this process could not be had"),
        _ => new(KmsFault.Garbage, $"AWS KMS answered {operation} with something that is no answer"),
    };

    /// <summary>The name of a fault as a label of metrics.</summary>
    public static string NameOf(KmsFault fault) => fault switch
    {
        KmsFault.Away => "away",
        KmsFault.Throttled => "throttled",
        KmsFault.Busy => "busy",
        KmsFault.Denied => "denied",
        KmsFault.Taken => "taken",
        KmsFault.NotFound => "not_found",
        KmsFault.Unusable => "unusable",
        KmsFault.Foreign => "foreign",
        _ => "garbage",
    };

    private static KmsException Of(string operation, string code, int status)
    {
        var fault = code switch
        {
            "ThrottlingException" or "Throttling" or "LimitExceededException" or "TooManyRequestsException" or "RequestLimitExceeded" => KmsFault.Throttled,
            "NotFoundException" => KmsFault.NotFound,
            "AlreadyExistsException" => KmsFault.Taken,
            "DisabledException" or "KMSInvalidStateException" or "InvalidKeyUsageException" or "UnsupportedOperationException" => KmsFault.Unusable,
            "AccessDeniedException" or "AccessDenied" or "UnrecognizedClientException" or "InvalidSignatureException" or "SignatureDoesNotMatch" or "IncompleteSignature"
                or "ExpiredTokenException" or "ExpiredToken" or "InvalidClientTokenId" or "MissingAuthenticationToken" or "OptInRequired" or "NotAuthorized" => KmsFault.Denied,
            "KMSInternalException" or "DependencyTimeoutException" or "KeyUnavailableException" or "ServiceUnavailableException" or "InternalFailure" => KmsFault.Away,
            _ => status >= 500 ? KmsFault.Away : KmsFault.Garbage,
        };
        var isPlain = code.Length <= MaxCodeLength && code.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
        return new KmsException(fault, string.Create(CultureInfo.InvariantCulture, $"AWS KMS refused {operation}: {(isPlain ? code : "an error without a name")} (HTTP {status})"));
    }
}
