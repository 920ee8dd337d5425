package io.dso.provider.aws;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.StoreException;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChangeEventTest {
    private static final String ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop/db-AbCdEf";

    private static boolean about(String path, String event) throws StoreException {
        return ChangeEvent.parse(event).isAbout(Address.of(path, new Place("eu-central-1", ""), Set.of()));
    }

    @Test
    void a_label_that_moved_names_the_secret() throws StoreException {
        var event = """
                {"source": "aws.secretsmanager", "detail-type": "Secret Label Updated", "resources": ["%s"],
                 "detail": {"name": "shop/db", "labelUpdated": "AWSCURRENT", "versionId": "v"}}""".formatted(ARN);

        assertThat(about("shop/db", event)).isTrue();
        assertThat(about(ARN, event)).isTrue();
        assertThat(about("shop/d", event)).isFalse();
        assertThat(about(ARN.replace("-AbCdEf", ""), event)).isTrue();
        assertThat(about(ARN.replace("-AbCdEf", "2-AbCdEf"), event)).isFalse();
        assertThat(about("ssm:shop/db", event)).isFalse();
    }

    @Test
    void cloudtrail_names_it_by_name_or_by_either_spelling_of_its_arn() throws StoreException {
        var call = "{\"source\": \"aws.secretsmanager\", \"detail\": {\"eventName\": \"PutSecretValue\", %s}}";

        assertThat(about("shop/db", call.formatted("\"requestParameters\": {\"secretId\": \"shop/db\"}")))
                .isTrue();
        assertThat(about(ARN, call.formatted("\"requestParameters\": {\"secretId\": \"shop/db\"}")))
                .isTrue();
        assertThat(about("shop/db", call.formatted("\"responseElements\": {\"aRN\": \"" + ARN + "\"}")))
                .isTrue();
        assertThat(about("shop/db", call.formatted("\"additionalEventData\": {\"SecretId\": \"" + ARN + "\"}")))
                .isTrue();
        assertThat(about("shop/other", call.formatted("\"responseElements\": {\"arn\": \"" + ARN + "\"}")))
                .isFalse();
    }

    @Test
    void parameter_store_names_the_parameter_and_so_its_trees() throws StoreException {
        var event = """
                {"source": "aws.ssm", "detail-type": "Parameter Store Change",
                 "resources": ["arn:aws:ssm:eu-central-1:123456789012:parameter/shop/db"],
                 "detail": {"operation": "Update", "name": "/shop/db", "type": "SecureString"}}""";

        assertThat(about("ssm:/shop/db", event)).isTrue();
        assertThat(about("ssm:/shop/", event)).isTrue();
        assertThat(about("ssm:/shop/d", event)).isFalse();
        assertThat(about("ssm:/shopping/", event)).isFalse();
        assertThat(about("shop/db", event)).isFalse();
    }

    @Test
    void what_can_not_be_read_is_about_everything_it_may_be() throws StoreException {
        for (var event : new String[] {"", "by hand", "[]", "{", "{}", "{\"detail\": 7, \"resources\": {}}"}) {
            assertThat(about("shop/db", event)).isTrue();
            assertThat(about("ssm:/shop/db", event)).isTrue();
        }
        assertThat(about("ssm:/x", "{\"source\": \"aws.secretsmanager\"}")).isFalse();
    }

    @Test
    void a_name_with_signs_of_patterns_is_compared_as_it_is() throws StoreException {
        assertThat(about("a+b.c", "{\"source\": \"aws.secretsmanager\", \"detail\": {\"name\": \"aab-c\"}}"))
                .isFalse();
        assertThat(about("a+b.c", "{\"resources\": [\"arn:aws:x:secret:a+b.c-AbCdEf\"]}"))
                .isTrue();
        assertThat(about("a+b.c", "{\"resources\": [\"arn:aws:x:secret:\\\\E(\"]}"))
                .isFalse();
    }
}
