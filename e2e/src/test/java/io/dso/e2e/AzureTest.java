package io.dso.e2e;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Secrets of Key Vault, which tells a storage queue of changes, in containers. */
class AzureTest extends EndToEnd {
    private @Nullable AzuriteServer queue;
    private @Nullable KeyVault vault;

    @BeforeAll
    void startServersAndAgent() throws IOException {
        var events = AzuriteServer.start(directory().resolve("azurite"));
        queue = events;
        var secrets = new KeyVault(directory().resolve("azure"), events).has("db", "first");
        vault = secrets;
        agent.configureWhole("""
                dso:
                  providers:
                    pushed: { kind: azure, config: %s, poll: 1h }
                  bundles:
                    pushed:
                      secrets: [ { path: db, file: password } ]
                      reload: { strategy: none }
                      %s
                """.formatted(secrets.config(), ALLOW_ALL));
        agent.start();
    }

    @AfterAll
    void stopServers() {
        agent.close();
        if (vault != null) {
            vault.close();
        }
        if (queue != null) {
            queue.close();
        }
    }

    /** Polls are an hour apart: it is the event that brings it. */
    @Test
    void a_change_is_in_the_container_when_its_event_is_in_the_queue() throws Exception {
        var container = start(bundle("pushed"), STATIC, "/probe");

        new ArrivalTimes(
                "Key Vault (scripted), push by a storage queue (Azurite)",
                3,
                container.inside("/s/password"),
                this::put);
    }

    private void put(String value) {
        if (vault != null) {
            vault.has("db", value.replace("\\", "\\\\").replace("\"", "\\\""));
        }
    }
}
