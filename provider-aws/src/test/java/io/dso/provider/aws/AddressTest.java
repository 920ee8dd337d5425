package io.dso.provider.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.provider.aws.Address.Kind;
import io.dso.provider.aws.Address.Pick;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.StoreFailure;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    private static final Place HOME = new Place("eu-central-1", "");
    private static final String ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/tls-AbCdEf";

    private static Address of(String path) throws StoreException {
        return Address.of(path, HOME, Set.of("reader"));
    }

    @Test
    void a_path_without_more_is_a_secret_at_home() throws StoreException {
        assertThat(of("prod/tls@2.x_y=+"))
                .isEqualTo(new Address(Kind.SECRET, "prod/tls@2.x_y=+", new Pick.Current(), HOME));
    }

    @Test
    void parameters_and_trees_begin_with_ssm() throws StoreException {
        assertThat(of("ssm:/prod/key")).isEqualTo(new Address(Kind.PARAMETER, "/prod/key", new Pick.Current(), HOME));
        assertThat(of("ssm:/prod/")).isEqualTo(new Address(Kind.TREE, "/prod/", new Pick.Current(), HOME));
        assertThat(of("ssm:key?version=7").pick()).isEqualTo(new Pick.Version("7"));
    }

    @Test
    void an_arn_is_at_its_own_region_unless_an_option_says_otherwise() throws StoreException {
        assertThat(of(ARN)).isEqualTo(new Address(Kind.SECRET, ARN, new Pick.Current(), new Place("us-east-1", "")));
        assertThat(of(ARN + "?region=eu-west-1").place().region()).isEqualTo("eu-west-1");
    }

    @Test
    void options_choose_version_region_and_role() throws StoreException {
        assertThat(of("db?stage=AWSPREVIOUS&region=us-east-1&role=reader"))
                .isEqualTo(new Address(
                        Kind.SECRET, "db", new Pick.Stage("AWSPREVIOUS"), new Place("us-east-1", "reader")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a b",
                "ssm:",
                "ssm:/a b",
                "db?",
                "db?stage",
                "db?stage=",
                "db?=x",
                "db?colour=red",
                "db?stage=a&stage=b",
                "db?stage=a&version=b",
                "db?stage=AWSPENDING",
                "db?role=writer",
                "db?region=x/../y",
                "ssm:/a?stage=x",
                "ssm:/a?version=0",
                "ssm:/a?version=x",
                "ssm:/a/?version=1",
                "ssm:a/",
                "arn:aws:s3:::bucket/key",
                "ssm:arn:aws:ssm:eu-central-1:123456789012:parameter/x"
            })
    void what_makes_no_sense_is_refused_with_the_path(String path) {
        assertThatThrownBy(() -> of(path)).isInstanceOfSatisfying(StoreException.class, e -> {
            assertThat(e.failure().kind()).isEqualTo(StoreFailure.Kind.INVALID);
            assertThat(e).hasMessageContaining(path);
        });
    }
}
