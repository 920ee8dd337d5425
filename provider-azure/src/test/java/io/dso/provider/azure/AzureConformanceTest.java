package io.dso.provider.azure;

import com.sun.net.httpserver.HttpServer;
import io.dso.provider.azure.FakeVault.Version;
import io.dso.provider.sdk.SecretName;
import io.dso.provider.tck.JavaProvider;
import io.dso.provider.tck.ProviderContract;
import io.dso.provider.tck.Subject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * The contract, kept by the process: on this JVM, or, with {@code -Ddso.provider=FILE}, by that executable. With push, where
 * there is a server of queues.
 */
class AzureConformanceTest extends ProviderContract {
    private static final String QUEUE = "dso-host1";

    private final FakeVault vault = new FakeVault();
    private final List<Version> versions = new ArrayList<>();

    @TempDir
    Path directory;

    private @Nullable Azurite azurite;
    private @Nullable HttpServer changes;

    @AfterEach
    void stop() {
        if (changes != null) {
            changes.stop(0);
        }
        if (azurite != null) {
            azurite.close();
        }
        vault.close();
    }

    @Override
    protected Subject subject() throws IOException {
        anotherVersion();
        vault.has("db", new Version("bb", 1000));
        vault.gives("db", "bb", "{\"password\":\"correct horse\",\"port\":5432}", "");
        var secret = Files.writeString(directory.resolve("secret"), "application's secret");
        var config = Files.writeString(
                directory.resolve("config"), """
                {"vault": "%s", "auth": {"method": "client-secret", "tenant-id": "tenant", "client-id": "app",
                 "secret-file": "%s", "authority": "%s"}%s}
                """.formatted(vault.address(), secret, vault.address(), queue()));
        var provider = new JavaProvider(Main.class, directory);
        return new Subject(
                provider.executable(),
                config,
                List.of(new SecretName("odd", ""), new SecretName("db", "password")),
                List.of(provider.script(Change.class).toString(), addressOfChanges()));
    }

    /** Keys of the configuration, if there is a server. */
    private String queue() throws IOException {
        if (!Azurite.canBeHad()) {
            return "";
        }
        var server = Azurite.launch(directory).start();
        azurite = server;
        return ", \"queue\": \"%s\", \"ca-file\": \"%s\"".formatted(server.make(QUEUE), server.authority());
    }

    private void anotherVersion() {
        var version = new Version("aa" + versions.size(), 1000 + versions.size());
        versions.add(version);
        vault.gives("odd", version.id(), "p$w\"o'r\\d number " + versions.size() + "\n", "");
        vault.has("odd", versions.toArray(Version[]::new));
    }

    private String addressOfChanges() throws IOException {
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        changes = server;
        server.createContext("/", exchange -> {
            try (exchange) {
                anotherVersion();
                if (azurite != null) {
                    azurite.putEvent(QUEUE, FakeVault.NAME, "odd");
                }
                exchange.sendResponseHeaders(204, -1);
            }
        });
        server.start();
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Has the test give the secret another value. */
    static final class Change {
        private Change() {}

        public static void main(String... arguments) throws IOException {
            URI.create(arguments[0]).toURL().openStream().close();
        }
    }
}
