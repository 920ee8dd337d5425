package io.dso.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** The providers as they are shipped keep the contract before real servers: {@code dso provider verify} says so. The kit mostly waits. */
@Execution(ExecutionMode.CONCURRENT)
class ConformanceTest extends EndToEnd {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @Test
    void the_local_provider_conforms() throws IOException {
        agent.secret("odd", "p$w\"o'r\\d and more\n").secret("db", "{\"password\":\"correct horse\",\"port\":5432}");

        verify(
                "local",
                "{\"vault\":\"%s\",\"key-file\":\"%s\"}".formatted(agent.vault(), agent.keyFile()),
                "date +%%s%%N | DSO_VAULT=%s DSO_KEY_FILE=%s %s secret set odd"
                        .formatted(
                                agent.vault(), agent.keyFile(), Settings.home().resolve("bin/dso")),
                "odd",
                "db#password");
    }

    @Test
    void the_vault_provider_conforms() throws IOException {
        try (var bao = BaoServer.start(directory().resolve("bao"))) {
            bao.post("/secret/data/odd", "{'data':{'v':'p$w\\u0000 and more'}}");
            bao.post("/secret/data/db", "{'data':{'password':'correct horse','port':5432}}");

            verify("vault", bao.config(""), bao.change("secret/odd", "v"), "secret/odd#v", "secret/db#password");
        }
    }

    @Test
    void the_aws_provider_conforms() throws IOException {
        try (var aws = AwsServer.start(directory().resolve("aws"))) {
            aws.secrets("CreateSecret", "{'Name':'odd','SecretString':'p$w\\u0000 and more'}");
            aws.secrets(
                    "CreateSecret",
                    "{'Name':'db','SecretString':'{\\u0022password\\u0022:\\u0022battery staple\\u0022}'}");
            var queue = ", \"queue\": \"" + aws.queueOfChanges() + "\"";

            verify("aws", aws.config(queue), aws.change("odd"), "odd", "db#password");
        }
    }

    @Test
    void the_azure_provider_conforms() throws IOException {
        try (var queue = AzuriteServer.start(directory().resolve("azurite"));
                var vault = new KeyVault(directory().resolve("azure"), queue)) {
            vault.has("odd", "p$w\\u0000 and more").has("db", "{\\\"password\\\":\\\"correct horse\\\"}");

            verify("azure", vault.config(), vault.change("odd"), "odd", "db#password");
        }
    }

    /** @param change for the shell */
    private void verify(String kind, String config, String change, String... refs) throws IOException {
        var file = Files.writeString(directory().resolve(kind + ".json"), config);
        var line = new ArrayList<>(List.of("provider", "verify", "--output", "json", "--config", file.toString()));
        for (var ref : refs) {
            line.addAll(List.of("--ref", ref));
        }
        line.addAll(List.of("--change", change));
        line.add(Settings.home().resolve("libexec/dso/dso-provider-" + kind).toString());

        var outcome =
                agent.dsoCommand(line.toArray(String[]::new)).within(LIMIT).run();

        var checks = StreamSupport.stream(
                        Agent.parse(outcome.stdout()).get("checks").spliterator(), false)
                .toList();
        System.out.println(kind + ": " + count(checks, "ok") + " of " + checks.size() + " checks passed, skipped "
                + checks.stream()
                        .filter(check -> word(check).equals("skip"))
                        .map(check -> check.get("id").asText())
                        .toList());
        assertThat(checks).filteredOn(check -> word(check).equals("fail")).isEmpty();
        assertThat(outcome.exitCode()).isZero();
        assertThat(count(checks, "ok")).isGreaterThan(30);
    }

    private static String word(JsonNode check) {
        return check.get("outcome").asText();
    }

    private static long count(List<JsonNode> checks, String outcome) {
        return checks.stream().filter(check -> word(check).equals(outcome)).count();
    }
}
