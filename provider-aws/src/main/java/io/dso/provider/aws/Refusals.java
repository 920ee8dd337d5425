package io.dso.provider.aws;

import io.dso.provider.sdk.Pace;
import io.dso.provider.sdk.StoreFailure;
import io.dso.provider.sdk.StoreFailure.Kind;
import io.dso.provider.sdk.TlsFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.core.retry.RetryUtils;

/** What the services' errors mean to the agent. Quotes names, codes and what AWS says of permissions, nothing else. */
final class Refusals {
    private static final Set<String> ABSENT = Set.of(
            "ResourceNotFoundException",
            "ParameterNotFound",
            "ParameterVersionNotFound",
            "QueueDoesNotExist",
            "AWS.SimpleQueueService.NonExistentQueue");
    private static final Set<String> DENIED = Set.of(
            "AccessDeniedException",
            "AccessDenied",
            "UnauthorizedOperation",
            "DecryptionFailure",
            "KMSAccessDeniedException");
    private static final Set<String> UNKNOWN = Set.of(
            "UnrecognizedClientException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "InvalidAccessKeyId",
            "AuthFailure",
            "NotAuthorized",
            "OptInRequired",
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidIdentityToken",
            "IDPRejectedClaim",
            "RequestExpired",
            "RequestTimeTooSkewed");
    private static final int LONGEST = 400;

    /** Worth another try at once: the network or the service stumbled, or the clock was corrected. */
    static boolean passes(Throwable thrown) {
        return switch (thrown) {
            case SdkServiceException e ->
                !isThrottling(e) && (e.statusCode() >= 500 || RetryUtils.isClockSkewException(e));
            case SdkClientException e -> e.getCause() instanceof IOException;
            default -> thrown instanceof IOException;
        };
    }

    static boolean isThrottling(SdkException e) {
        return RetryUtils.isThrottlingException(e) || (e instanceof SdkServiceException s && s.statusCode() == 429);
    }

    /** How long the service wants to be left alone, by its {@code Retry-After} in seconds; zero if it doesn't say. */
    static Duration retryAfter(SdkException e) {
        if (!(e instanceof AwsServiceException refused) || details(refused) == null) {
            return Duration.ZERO;
        }
        var response = refused.awsErrorDetails().sdkHttpResponse();
        return response == null
                ? Duration.ZERO
                : response.firstMatchingHeader("Retry-After")
                        .map(Pace::retryAfter)
                        .orElse(Duration.ZERO);
    }

    /**
     * @param service who was asked, for people
     * @param what what was asked for, for people
     */
    static StoreFailure of(SdkException e, String service, String what) {
        if (!(e instanceof SdkServiceException refused)) {
            return withoutAnswer(e, service);
        }
        var code = code(refused);
        if (ABSENT.contains(code)) {
            return new StoreFailure(Kind.NOT_FOUND, service + " has no " + what);
        }
        if (code.equals("InvalidRequestException") && says(refused).contains("marked")) {
            return new StoreFailure(Kind.NOT_FOUND, what + " is marked for deletion");
        }
        if (DENIED.contains(code) || (code.isEmpty() && refused.statusCode() == 403)) {
            return new StoreFailure(Kind.DENIED, service + " refuses " + what + ": " + says(refused));
        }
        if (UNKNOWN.contains(code)) {
            return new StoreFailure(Kind.UNAUTHENTICATED, service + " refuses the credentials: " + code);
        }
        var why = service + " answered " + (code.isEmpty() ? refused.statusCode() : code) + " for " + what;
        return new StoreFailure(refused.statusCode() >= 500 ? Kind.UNAVAILABLE : Kind.INVALID, why);
    }

    private static StoreFailure withoutAnswer(SdkException e, String service) {
        var message = String.valueOf(e.getMessage());
        if (message.contains("credentials")) { // also when it is the metadata service that doesn't answer
            return new StoreFailure(Kind.UNAUTHENTICATED, "there are no credentials: " + brief(message));
        }
        var tls = TlsFailure.of(e);
        if (!tls.isEmpty()) {
            return new StoreFailure(Kind.UNAVAILABLE, service + " can't be trusted: " + tls);
        }
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException) {
                return new StoreFailure(
                        Kind.UNAVAILABLE,
                        service + " can't be reached: " + cause.getClass().getSimpleName());
            }
        }
        return new StoreFailure(
                Kind.UNAVAILABLE, service + " can't be asked: " + e.getClass().getSimpleName());
    }

    private static String code(SdkServiceException e) {
        var details = e instanceof AwsServiceException refused ? details(refused) : null;
        return details == null || details.errorCode() == null ? "" : details.errorCode();
    }

    private static String says(SdkServiceException e) {
        var details = e instanceof AwsServiceException refused ? details(refused) : null;
        return details == null || details.errorMessage() == null ? "without a reason" : brief(details.errorMessage());
    }

    private static software.amazon.awssdk.awscore.exception.@Nullable AwsErrorDetails details(AwsServiceException e) {
        return e.awsErrorDetails();
    }

    private static String brief(String text) {
        var line = text.replaceAll("\\s+", " ").strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    private Refusals() {}
}
