package io.dso.provider.aws;

import static io.dso.provider.aws.World.failure;
import static io.dso.provider.aws.World.name;
import static io.dso.provider.aws.World.refused;
import static io.dso.provider.aws.World.value;
import static io.dso.provider.aws.World.version;
import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreFailure.Kind;
import io.dso.provider.sdk.VersionAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.ssm.model.ParameterType;

class ParameterStoreTest extends AgainstMoto {
    private SsmClient admin;
    private AwsStore store;

    @BeforeEach
    void start() throws Exception {
        admin = World.client(moto.address(), SsmClient.builder().httpClientBuilder(World.http()));
        store = World.store(directory, gateway.address(), "");
    }

    @AfterEach
    void stop() {
        store.close();
        admin.close();
    }

    private void put(String name, String value) {
        admin.putParameter(ask ->
                ask.name(name).value(value).type(ParameterType.SECURE_STRING).overwrite(true));
    }

    @Test
    void a_secure_string_is_decrypted_and_its_old_versions_can_be_had() throws Exception {
        put("/prod/key", "one");
        var first = version(store, "ssm:/prod/key");
        put("/prod/key", "p$w\"o'r\\d\nü ");

        var second = version(store, "ssm:/prod/key");
        assertThat(second).startsWith("2@").isNotEqualTo(first);
        assertThat(store.fetch(name("ssm:/prod/key"), second)).isEqualTo("p$w\"o'r\\d\nü ".getBytes("UTF-8"));
        assertThat(store.fetch(name("ssm:/prod/key"), first)).isEqualTo("one".getBytes("UTF-8"));
    }

    @Test
    void a_parameter_that_was_deleted_and_made_again_has_another_version() throws Exception {
        put("/prod/key", "one");
        var first = version(store, "ssm:/prod/key");
        admin.deleteParameter(ask -> ask.name("/prod/key"));
        assertThat(failure(store, "ssm:/prod/key").kind()).isEqualTo(Kind.NOT_FOUND);
        put("/prod/key", "another");

        assertThat(version(store, "ssm:/prod/key")).startsWith("1@").isNotEqualTo(first);
        refused(Kind.NOT_FOUND, () -> store.fetch(name("ssm:/prod/key"), first));
    }

    @Test
    void a_version_can_be_pinned() throws Exception {
        put("/prod/key", "one");
        put("/prod/key", "two");

        assertThat(version(store, "ssm:/prod/key?version=1")).isEqualTo("1");
        assertThat(value(store, "ssm:/prod/key?version=1", "")).isEqualTo("one");
        assertThat(failure(store, "ssm:/prod/key?version=3").kind()).isEqualTo(Kind.NOT_FOUND);
    }

    @Test
    void only_versions_that_exist_are_fetched() {
        put("/prod/key", "one");

        for (var version : new String[] {"0", "2", "01", "x", "1@", "-1", "2@2026-01-01T00:00:00Z"}) {
            refused(Kind.NOT_FOUND, () -> store.fetch(name("ssm:/prod/key"), version));
        }
    }

    @Test
    void a_member_of_a_json_parameter_is_fetched_alone() throws Exception {
        put("db", "{\"port\": 5432}");

        assertThat(value(store, "ssm:db", "port")).isEqualTo("5432");
    }

    @Test
    void fifty_parameters_cost_one_call_and_no_value_is_read() throws Exception {
        List<SecretName> names = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            put("/prod/p" + i, "v");
            names.add(name("ssm:/prod/p" + i));
        }
        names.add(name("ssm:/prod/none"));
        gateway.calls();

        var answers = store.versions(names);

        assertThat(answers).filteredOn(VersionAnswer.Current.class::isInstance).hasSize(120);
        assertThat(answers.getLast()).isInstanceOf(VersionAnswer.Failed.class);
        assertThat(gateway.calls())
                .containsOnly("DescribeParameters", "DescribeParameters+") // moto's pages have ten at most
                .filteredOn("DescribeParameters"::equals)
                .hasSize(3);
    }

    /** Twenty is the least there can be: a page of Parameter Store has fifty at most. */
    @Test
    void an_hour_of_polls_over_a_thousand_quiet_parameters_costs_twenty_calls_each_and_no_value_is_read()
            throws Exception {
        var names =
                IntStream.range(0, 1000).mapToObj(i -> name("ssm:/prod/p" + i)).toList();
        try (var real = new FullPages();
                var parameters = World.store(directory, real.address(), "")) {
            for (int poll = 0; poll < 30; poll++) { // every two minutes
                assertThat(parameters.versions(names))
                        .hasSize(1000)
                        .allMatch(answer -> answer instanceof VersionAnswer.Current);
            }
            assertThat(real.calls()).hasSize(30 * 20).containsOnly("AmazonSSM.DescribeParameters");
        }
    }

    @Test
    void a_tree_is_one_json_object_with_a_version_of_its_own() throws Exception {
        for (int i = 0; i < 12; i++) {
            put("/shop/n" + i, "v" + i);
        }
        put("/shop/db/password", "p$w\"o'r\\d\n<ü>");
        put("/shopping/list", "not below");
        var first = version(store, "ssm:/shop/");

        assertThat(value(store, "ssm:/shop/", ""))
                .startsWith("{\"db/password\":\"p$w\\\"o'r\\\\d\\n<ü>\",\"n0\":\"v0\",")
                .doesNotContain("not below");
        assertThat(value(store, "ssm:/shop/", "db/password")).isEqualTo("p$w\"o'r\\d\n<ü>");
        refused(Kind.NOT_FOUND, () -> value(store, "ssm:/shop/", "none"));

        put("/shop/n3", "new");
        assertThat(version(store, "ssm:/shop/")).isNotEqualTo(first);
        refused(Kind.NOT_FOUND, () -> store.fetch(name("ssm:/shop/"), first));
        assertThat(failure(store, "ssm:/nothing/").kind()).isEqualTo(Kind.NOT_FOUND);
    }

    @Test
    void a_refused_look_is_everybodys_answer_and_does_not_touch_secrets_manager() throws Exception {
        put("/prod/key", "one");
        gateway.answers(new Gateway.Answer("DescribeParameters", 400, "AccessDeniedException", "not you"));

        var answers = store.versions(List.of(name("ssm:/prod/key"), name("none")));

        assertThat(answers)
                .extracting(answer -> ((VersionAnswer.Failed) answer).failure().kind())
                .containsExactly(Kind.DENIED, Kind.NOT_FOUND);
    }
}
