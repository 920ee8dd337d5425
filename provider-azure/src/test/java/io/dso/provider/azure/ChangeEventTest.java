package io.dso.provider.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChangeEventTest {
    private static final ChangeEvent DB = new ChangeEvent("shop", "db");

    private static String type(String type) {
        return Azurite.event("shop", "db").replace("SecretNewVersionCreated", type);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void both_schemas_are_read_as_they_are_and_in_base_64() {
        var cloud = """
                {"specversion": "1.0", "id": "5213", "source": "/subscriptions/s/providers/Microsoft.KeyVault/vaults/shop",
                 "type": "Microsoft.KeyVault.SecretNewVersionCreated", "subject": "db", "time": "2026-01-31T12:00:00Z",
                 "data": {"id": "https://shop.vault.azure.net/secrets/db/ee05", "vaultName": "shop", "objectType": "Secret",
                          "objectName": "db", "version": "ee05", "nbf": null, "exp": 1559082102}}""";
        for (var event : new String[] {type("SecretNewVersionCreated"), cloud}) {
            assertThat(ChangeEvent.parse(event)).contains(DB);
            assertThat(ChangeEvent.parse(" \n" + event)).contains(DB);
            assertThat(ChangeEvent.parse(base64(event))).contains(DB);
        }
    }

    @Test
    void it_is_about_secrets_and_certificates_of_that_name_in_that_vault_in_upper_or_lower_case() throws Exception {
        assertThat(DB.isAbout(Address.of("DB"))).isTrue();
        assertThat(DB.isAbout(Address.of("cert:db?version=aa"))).isTrue();
        assertThat(DB.isAbout(Address.of("db2"))).isFalse();
        assertThat(DB.isOf("SHOP")).isTrue();
        assertThat(DB.isOf("shop2")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SecretNewVersionCreated", "SecretExpired", "CertificateNewVersionCreated", "CertificateExpired"
            })
    void a_version_that_came_or_ended_is_news(String type) {
        assertThat(ChangeEvent.parse(type(type))).contains(DB);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"SecretNearExpiry", "CertificateNearExpiry", "KeyNewVersionCreated", "VaultAccessPolicyChanged"})
    void other_events_are_none(String type) {
        assertThat(ChangeEvent.parse(type(type))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "by hand",
                "[]",
                "{",
                "{}",
                "7",
                "null",
                "{\"eventType\": 7}",
                "{\"eventType\": {\"a\": []}, \"data\": []}",
                "{\"eventType\": \"Microsoft.KeyVault.SecretExpired\", \"data\": \"db\"}",
                "a===",
                "4oKsIA",
            })
    void what_can_not_be_read_is_none(String text) {
        assertThat(ChangeEvent.parse(text)).isEmpty();
        assertThat(ChangeEvent.parse(base64(text))).isEmpty();
    }

    @Test
    void an_event_that_lacks_names_is_about_nothing() throws Exception {
        var event = ChangeEvent.parse(
                        "{\"type\": \"Microsoft.KeyVault.SecretExpired\", \"data\": {\"ObjectName\": {}}}")
                .orElseThrow();

        assertThat(event.isOf("shop")).isFalse();
        assertThat(event.isAbout(Address.of("db"))).isFalse();
    }
}
