package io.dso.provider.aws;

import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.ProviderConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ContainerCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.InstanceProfileCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.SdkSystemSetting;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.profiles.ProfileFileSupplier;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;
import software.amazon.awssdk.services.sts.auth.StsWebIdentityTokenFileCredentialsProvider;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * Who asks: the provider's own identity, and the roles it may take on. The SDK renews what expires. The agent gives its
 * providers no environment, so all that the SDK would look for there stands in the configuration.
 */
final class Identity implements AutoCloseable {
    private static final Pattern ROLE_ARN = Pattern.compile("arn:[a-z0-9-]+:iam::\\d{12}:role/.+");
    private static final Pattern ROLE_NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final String SESSION = "dso";

    private final Map<String, Role> roles;
    private final StsClient sts;
    private final AwsCredentialsProvider own;
    private final Map<String, StsAssumeRoleCredentialsProvider> assumed = new HashMap<>();

    /**
     * @param arn the role's
     * @param externalId what its owner wants to hear besides; empty if nothing
     * @param session the name that its owner's logs show
     */
    private record Role(String arn, String externalId, String session) {}

    private Identity(Map<String, Role> roles, StsClient sts, AwsCredentialsProvider own) {
        this.roles = roles;
        this.sts = sts;
        this.own = own;
    }

    /** @throws ConfigException if {@code auth} or {@code roles} are wrong */
    static Identity read(ProviderConfig config, Clients.Builders clients) {
        var roles = new TreeMap<String, Role>();
        var named = config.part("roles");
        for (var name : named.keys()) {
            var role = named.part(name);
            if (!ROLE_NAME.matcher(name).matches()) {
                throw named.wrong(name, "named with 1 to 64 letters, digits, dots, dashes and underscores");
            }
            roles.put(
                    name, new Role(arn(role, "arn"), role.text("external-id", ""), role.text("session-name", SESSION)));
        }
        var own = own(config.part("auth"), clients);
        return new Identity(roles, clients.sts(own), own);
    }

    private static AwsCredentialsProvider own(ProviderConfig auth, Clients.Builders clients) {
        // Never the first version of the metadata service, which a redirected request can be made to ask.
        System.setProperty(SdkSystemSetting.AWS_EC2_METADATA_V1_DISABLED.property(), "true");
        var method = auth.text("method", "default");
        return switch (method) {
            case "default" -> DefaultCredentialsProvider.builder().build();
            case "profile" -> profile(auth);
            case "instance" -> instance(auth, clients);
            case "container" -> container(auth);
            case "web-identity" -> webIdentity(auth, clients);
            default -> throw auth.wrong("method", "default, profile, instance, container or web-identity");
        };
    }

    private static AwsCredentialsProvider profile(ProviderConfig auth) {
        Path file = auth.path("file");
        var name = auth.text("profile", "default");
        return ProfileCredentialsProvider.builder()
                .profileFile(ProfileFileSupplier.reloadWhenModified(file, ProfileFile.Type.CREDENTIALS))
                .profileName(name)
                .build();
    }

    private static AwsCredentialsProvider instance(ProviderConfig auth, Clients.Builders clients) {
        System.setProperty(
                SdkSystemSetting.AWS_METADATA_SERVICE_TIMEOUT.property(),
                Long.toString(Math.max(1, clients.timeout().toSeconds())));
        var builder = InstanceProfileCredentialsProvider.builder();
        auth.findText("endpoint").ifPresent(builder::endpoint);
        return builder.build();
    }

    /** The SDK knows these by the environment or by properties of the process alone. */
    private static AwsCredentialsProvider container(ProviderConfig auth) {
        System.setProperty(SdkSystemSetting.AWS_CONTAINER_CREDENTIALS_FULL_URI.property(), auth.text("address"));
        auth.findPath("token-file")
                .ifPresent(file -> System.setProperty(
                        SdkSystemSetting.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE.property(), file.toString()));
        return ContainerCredentialsProvider.builder().build();
    }

    private static AwsCredentialsProvider webIdentity(ProviderConfig auth, Clients.Builders clients) {
        return StsWebIdentityTokenFileCredentialsProvider.builder()
                .stsClient(clients.anonymousSts())
                .roleArn(arn(auth, "role"))
                .roleSessionName(auth.text("session-name", SESSION))
                .webIdentityTokenFile(auth.path("token-file"))
                .build();
    }

    private static String arn(ProviderConfig part, String key) {
        var arn = part.text(key);
        if (!ROLE_ARN.matcher(arn).matches()) {
            throw part.wrong(key, "a role's ARN, as arn:aws:iam::123456789012:role/reader");
        }
        return arn;
    }

    /** Names of the roles. */
    Set<String> roles() {
        return roles.keySet();
    }

    /** @param role one of {@link #roles()}, or empty for the provider's own identity */
    synchronized AwsCredentialsProvider as(String role) {
        var wanted = roles.get(role);
        return wanted == null ? own : assumed.computeIfAbsent(role, name -> assume(wanted));
    }

    private StsAssumeRoleCredentialsProvider assume(Role role) {
        return StsAssumeRoleCredentialsProvider.builder()
                .stsClient(sts)
                .refreshRequest(ask -> {
                    ask.roleArn(role.arn()).roleSessionName(role.session());
                    if (!role.externalId().isEmpty()) {
                        ask.externalId(role.externalId());
                    }
                })
                .build();
    }

    @Override
    public synchronized void close() {
        assumed.values().forEach(StsAssumeRoleCredentialsProvider::close);
        if (own instanceof SdkAutoCloseable closeable) {
            closeable.close();
        }
        sts.close();
    }
}
