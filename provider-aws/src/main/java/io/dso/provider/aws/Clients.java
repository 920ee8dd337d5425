package io.dso.provider.aws;

import io.dso.provider.sdk.ConfigException;
import io.dso.provider.sdk.ProviderConfig;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/** The SDK's clients as the configuration wants them. */
final class Clients implements AutoCloseable {
    private final Builders builders;
    private final Identity identity;

    private Clients(Builders builders, Identity identity) {
        this.builders = builders;
        this.identity = identity;
    }

    /** @throws ConfigException if the configuration is wrong */
    static Clients read(ProviderConfig config) {
        var builders = Builders.read(config);
        try {
            return new Clients(builders, Identity.read(config, builders));
        } catch (ConfigException e) {
            builders.close();
            throw e;
        }
    }

    Identity identity() {
        return identity;
    }

    String homeRegion() {
        return builders.region;
    }

    SecretsManagerClient secretsManager(Place place) {
        return builders.at(place.region(), identity.as(place.role()), "secretsmanager", SecretsManagerClient.builder())
                .build();
    }

    SsmClient parameterStore(Place place) {
        return builders.at(place.region(), identity.as(place.role()), "ssm", SsmClient.builder())
                .build();
    }

    SqsClient queues(String region) {
        return builders.at(region, identity.as(""), "sqs", SqsClient.builder())
                .httpClient(builders.patient)
                .build();
    }

    @Override
    public void close() {
        identity.close();
        builders.close();
    }

    /**
     * What all clients have in common.
     *
     * @param region where the provider is at home
     * @param endpoints addresses by service, for those that aren't at their region's usual one
     * @param timeout how long a call may wait for an answer
     * @param http for calls that are answered at once
     * @param patient for calls that wait for something to happen
     */
    record Builders(
            String region, Map<String, URI> endpoints, Duration timeout, SdkHttpClient http, SdkHttpClient patient)
            implements AutoCloseable {
        private static final Duration LONGEST_CALL = Duration.ofSeconds(30);

        static Builders read(ProviderConfig config) {
            var region = config.text("region");
            if (!region.matches("[a-z0-9-]{1,32}")) {
                throw config.wrong("region", "a region's name, as eu-central-1");
            }
            var endpoints = new TreeMap<String, URI>();
            var all = config.findAddress("endpoint");
            var each = config.part("endpoints");
            for (var service : new String[] {"secretsmanager", "ssm", "sts", "sqs"}) {
                each.findAddress(service).or(() -> all).ifPresent(address -> endpoints.put(service, address));
            }
            var timeout = config.duration("timeout", Duration.ofSeconds(5));
            if (timeout.compareTo(LONGEST_CALL) > 0) {
                throw config.wrong("timeout", "at most 30s");
            }
            return new Builders(
                    region,
                    endpoints,
                    timeout,
                    http(config, timeout),
                    http(config, timeout.plus(EventQueue.LONG_POLL)));
        }

        private static SdkHttpClient http(ProviderConfig config, Duration timeout) {
            var builder =
                    UrlConnectionHttpClient.builder().connectionTimeout(timeout).socketTimeout(timeout);
            config.findProxy("proxy")
                    .ifPresent(address -> builder.proxyConfiguration(
                            ProxyConfiguration.builder().endpoint(address).build()));
            return builder.build();
        }

        @Override
        public void close() {
            http.close();
            patient.close();
        }

        StsClient sts(AwsCredentialsProvider credentials) {
            return at(region, credentials, "sts", StsClient.builder()).build();
        }

        /** Web identities prove themselves by their token alone. */
        StsClient anonymousSts() {
            return sts(AnonymousCredentialsProvider.create());
        }

        private <C, B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>> B at(
                String where, AwsCredentialsProvider credentials, String service, B builder) {
            builder.region(Region.of(where))
                    .credentialsProvider(credentials)
                    .httpClient(http)
                    .overrideConfiguration(all -> all.retryStrategy(DefaultRetryStrategy.standardStrategyBuilder()
                                    .useClientDefaults(false) // they try again what was throttled
                                    .maxAttempts(3)
                                    .retryOnException(Refusals::passes)
                                    .backoffStrategy(BackoffStrategy.exponentialDelay(
                                            Duration.ofMillis(100), Duration.ofSeconds(1)))
                                    .build())
                            // Else files in somebody's home would change what the configuration says.
                            .defaultProfileFile(ProfileFile.aggregator().build()));
            var endpoint = endpoints.get(service);
            if (endpoint != null) {
                builder.endpointOverride(endpoint);
            }
            return builder;
        }
    }
}
