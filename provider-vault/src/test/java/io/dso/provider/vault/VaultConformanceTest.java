package io.dso.provider.vault;

import io.dso.provider.sdk.SecretName;
import io.dso.provider.tck.JavaProvider;
import io.dso.provider.tck.ProviderContract;
import io.dso.provider.tck.Subject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** The contract, kept before a real OpenBao: on this JVM, or, with {@code -Ddso.provider=FILE}, by that executable. */
class VaultConformanceTest extends ProviderContract {
    @TempDir
    Path directory;

    private @Nullable Bao bao;

    @Override
    protected Subject subject() throws IOException {
        var server = Bao.start(directory.resolve("bao"));
        bao = server;
        server.put("odd", "{'v':'p$w\\u0000 and more'}");
        server.put("db", "{'password':'correct horse','port':5432}");
        server.policy("reader", "kv/data/* read", "kv/metadata/* read");
        var config = Files.writeString(
                directory.resolve("config"),
                "{\"address\":\"%s\",\"auth\":{\"method\":\"token\",\"token-file\":\"%s\"}}"
                        .formatted(server.address(), server.tokenFile("reader")));
        return new Subject(
                new JavaProvider(Main.class, directory).executable(),
                config,
                List.of(new SecretName("kv/odd", "v"), new SecretName("kv/db", "password")),
                List.of(
                        "sh",
                        "-c",
                        "BAO_ADDR='%s' BAO_TOKEN='%s' '%s' kv put kv/odd v=\"$(date +%%s%%N)\""
                                .formatted(server.address(), server.root(), Program.installed("OPENBAO"))));
    }

    @AfterEach
    void stop() {
        if (bao != null) {
            bao.close();
        }
    }
}
