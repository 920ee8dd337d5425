package io.dso.provider.aws;

import static io.dso.provider.aws.World.failure;
import static io.dso.provider.aws.World.look;
import static io.dso.provider.aws.World.name;
import static io.dso.provider.aws.World.refused;
import static io.dso.provider.aws.World.value;
import static io.dso.provider.aws.World.version;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure.Kind;
import io.dso.provider.sdk.VersionAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;

class SecretsManagerTest extends AgainstMoto {
    private SecretsManagerClient admin;
    private AwsStore store;

    @BeforeEach
    void start() throws Exception {
        admin = admin(World.REGION);
        store = World.store(directory, gateway.address(), "");
    }

    @AfterEach
    void stop() {
        store.close();
        admin.close();
    }

    private static SecretsManagerClient admin(String region) {
        return World.client(
                moto.address(), region, SecretsManagerClient.builder().httpClientBuilder(World.http()));
    }

    private String create(String name, String value) {
        return admin.createSecret(ask -> ask.name(name).secretString(value)).versionId();
    }

    private String rotate(String name, String value) {
        return admin.putSecretValue(ask -> ask.secretId(name).secretString(value))
                .versionId();
    }

    @Test
    void a_rotated_secret_has_a_new_version_and_the_old_one_can_still_be_had() throws Exception {
        var first = create("prod/db", "p$w\"o'r\\d\n");
        assertThat(version(store, "prod/db")).isEqualTo(first);
        var second = rotate("prod/db", "new ü");

        assertThat(version(store, "prod/db")).isEqualTo(second);
        assertThat(store.fetch(name("prod/db"), second)).isEqualTo("new ü".getBytes("UTF-8"));
        assertThat(store.fetch(name("prod/db"), first)).isEqualTo("p$w\"o'r\\d\n".getBytes("UTF-8"));
    }

    @Test
    void a_look_at_versions_reads_no_value() throws Exception {
        create("prod/db", "x");
        gateway.calls();

        version(store, "prod/db");

        assertThat(gateway.calls()).containsExactly("DescribeSecret");
    }

    @Test
    void an_hour_of_polls_over_a_thousand_quiet_secrets_costs_ten_calls_each_and_no_value_is_read() throws Exception {
        List<SecretName> names = new ArrayList<>();
        List<String> versions = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            versions.add(create("prod/s" + i, "v" + i));
            names.add(name("prod/s" + i));
        }
        assertThat(store.versions(names))
                .isEqualTo(versions.stream().map(VersionAnswer.Current::new).toList());
        gateway.calls();

        for (int poll = 0; poll < 30; poll++) { // every two minutes
            store.versions(names);
        }
        assertThat(gateway.calls()).hasSize(30 * 10).containsOnly("ListSecrets", "ListSecrets+");

        versions.set(500, rotate("prod/s500", "new"));
        assertThat(store.versions(names).get(500)).isEqualTo(new VersionAnswer.Current(versions.get(500)));
        assertThat(gateway.calls())
                .as("a change that the list tells is confirmed")
                .hasSize(11)
                .containsOnly("ListSecrets", "ListSecrets+", "DescribeSecret");
    }

    @Test
    void what_a_list_does_not_have_is_described_up_to_a_bound() throws Exception {
        List<SecretName> names = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            create("here/" + i, "x");
            names.add(name("here/" + i));
            names.add(name("gone/" + i));
        }
        gateway.calls();

        var answers = store.versions(names);

        assertThat(answers).filteredOn(VersionAnswer.Current.class::isInstance).hasSize(40);
        assertThat(answers)
                .filteredOn(answer -> answer instanceof VersionAnswer.Failed(var why) && why.kind() == Kind.NOT_FOUND)
                .hasSize(40);
        assertThat(gateway.calls()).hasSize(1 + SecretShelf.FEW);
    }

    @Test
    void a_policy_without_the_list_is_enough() throws Exception {
        List<SecretName> names = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            create("s" + i, "x");
            names.add(name("s" + i));
        }
        gateway.answers(new Gateway.Answer("ListSecrets", 400, "AccessDeniedException", "not you"));

        assertThat(store.versions(names)).hasOnlyElementsOfType(VersionAnswer.Current.class);
        gateway.calls();
        store.versions(names);
        assertThat(gateway.calls()).hasSize(20).containsOnly("DescribeSecret");
    }

    @Test
    void binary_values_of_64_kib_come_through_byte_for_byte() throws Exception {
        byte[] value = new byte[64 << 10];
        new Random(3).nextBytes(value);
        admin.createSecret(ask -> ask.name("bin").secretBinary(SdkBytes.fromByteArray(value)));

        assertThat(store.fetch(name("bin"), version(store, "bin"))).isEqualTo(value);
    }

    @Test
    void members_of_a_json_secret_are_their_own_exact_text() throws Exception {
        create(
                "db",
                "{\"username\":\"shop\",\"password\":\"p$w\\\"\\u00fc\",\"port\":5432,\"tls\":true,\"n\":{\"a\": [1.0]}}");

        assertThat(value(store, "db", "password")).isEqualTo("p$w\"ü");
        assertThat(value(store, "db", "port")).isEqualTo("5432");
        assertThat(value(store, "db", "tls")).isEqualTo("true");
        assertThat(value(store, "db", "n")).isEqualTo("{\"a\": [1.0]}");
        refused(Kind.NOT_FOUND, () -> value(store, "db", "host"));
    }

    @Test
    void a_rotation_under_way_is_never_delivered() throws Exception {
        var current = create("db", "old");
        var pending = admin.putSecretValue(
                        ask -> ask.secretId("db").secretString("new").versionStages("AWSPENDING"))
                .versionId();

        assertThat(version(store, "db")).isEqualTo(current);
        assertThat(failure(store, "db?version=" + pending).kind()).isEqualTo(Kind.NOT_FOUND);
        assertThat(failure(store, "db?stage=AWSPENDING").kind()).isEqualTo(Kind.INVALID);
        refused(Kind.NOT_FOUND, () -> store.fetch(name("db"), pending));

        admin.updateSecretVersionStage(ask -> ask.secretId("db")
                .versionStage("AWSCURRENT")
                .moveToVersionId(pending)
                .removeFromVersionId(current));
        assertThat(version(store, "db")).isEqualTo(pending);
        assertThat(value(store, "db", "")).isEqualTo("new");
    }

    @Test
    void a_stage_or_a_version_can_be_pinned() throws Exception {
        var first = create("db", "one");
        rotate("db", "two");

        assertThat(value(store, "db?stage=AWSPREVIOUS", "")).isEqualTo("one");
        assertThat(value(store, "db?version=" + first, "")).isEqualTo("one");
        assertThat(failure(store, "db?stage=canary").kind()).isEqualTo(Kind.NOT_FOUND);
    }

    @Test
    void an_arn_says_its_region() throws Exception {
        try (var elsewhere = admin("us-east-1")) {
            var arn = elsewhere
                    .createSecret(ask -> ask.name("tls").secretString("far away"))
                    .arn();
            create("tls", "near");

            assertThat(value(store, arn, "")).isEqualTo("far away");
            assertThat(value(store, "tls?region=us-east-1", "")).isEqualTo("far away");
            assertThat(value(store, "tls", "")).isEqualTo("near");
        }
    }

    @Test
    void a_deleted_secret_is_gone_until_it_is_restored() throws Exception {
        var version = create("db", "x");
        admin.deleteSecret(ask -> ask.secretId("db").recoveryWindowInDays(7L));

        assertThat(failure(store, "db").kind()).isEqualTo(Kind.NOT_FOUND);
        refused(Kind.NOT_FOUND, () -> store.fetch(name("db"), version));
        admin.restoreSecret(ask -> ask.secretId("db"));
        assertThat(version(store, "db")).isEqualTo(version);
    }

    @Test
    void what_was_never_there_is_not_found() throws Exception {
        create("db", "x");

        assertThat(failure(store, "none").kind()).isEqualTo(Kind.NOT_FOUND);
        refused(Kind.NOT_FOUND, () -> store.fetch(name("db"), "00000000-0000-0000-0000-000000000000"));
    }

    @Test
    void a_throttled_service_is_left_alone_for_as_long_as_it_says() throws Exception {
        create("db", "x");
        gateway.answers(new Gateway.Answer("DescribeSecret", 400, "ThrottlingException", "Rate exceeded"));
        gateway.calls();

        var failure = failure(store, "db");
        assertThat(failure.kind()).isEqualTo(Kind.THROTTLED);
        assertThat(failure.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(gateway.calls()).hasSize(1);
        var again = failure(store, "db");
        assertThat(again.kind()).isEqualTo(Kind.THROTTLED);
        assertThat(again.retryAfter()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(7));
        assertThat(gateway.calls()).as("not even asked").isEmpty();
    }

    @Test
    void a_service_that_stumbles_is_asked_again() throws Exception {
        create("db", "x");
        gateway.answers(new Gateway.Answer("DescribeSecret", 500, "InternalServiceError", "oops"));
        gateway.calls();

        assertThat(look(store, "db")).isInstanceOf(VersionAnswer.Current.class);
        assertThat(gateway.calls()).containsExactly("DescribeSecret", "DescribeSecret");
    }

    @Test
    void denied_is_said_with_what_aws_says_of_it() throws Exception {
        var version = create("db", "x");
        gateway.answers(new Gateway.Answer(
                "GetSecretValue", 400, "AccessDeniedException", "User: arn:aws:iam::1:user/u is not authorized"));

        assertThatThrownBy(() -> store.fetch(name("db"), version)).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.failure().kind()).isEqualTo(Kind.DENIED);
            assertThat(e).hasMessageContaining("user/u is not authorized");
        });
    }

    @Test
    void a_server_that_was_away_is_asked_again_when_it_is_back() throws Exception {
        create("db", "x");
        moto.stop();
        try {
            assertThat(failure(store, "db").kind()).isEqualTo(Kind.UNAVAILABLE);
            refused(Kind.UNAVAILABLE, () -> store.check());
        } finally {
            moto.start();
        }
        store.check();
        var version = create("db", "y");
        assertThat(version(store, "db")).isEqualTo(version);
    }
}
