package io.dso.provider.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.StoreFailure.Kind;
import io.dso.provider.sdk.VersionAnswer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real OpenBao that is stopped, started again and sealed. */
class OutageTest {
    @TempDir
    Path directory;

    private Bao bao;
    private Store store;

    @BeforeEach
    void start() throws IOException {
        bao = Bao.start(directory);
        bao.put("a", "{'v':'x'}");
        bao.policy("reader", "kv/data/* read", "kv/metadata/* read list");
        store = Store.open("{'address':'%s','auth':{'method':'token','token-file':'%s'}}"
                .formatted(bao.address(), bao.tokenFile("reader")));
    }

    @AfterEach
    void stop() {
        if (store != null) {
            store.close();
        }
        if (bao != null) {
            bao.close();
        }
    }

    @Test
    void a_sealed_server_is_unavailable_and_serves_as_before_when_it_is_unsealed() throws Exception {
        var version = store.version("kv/a");

        bao.seal();
        Store.fails(Kind.UNAVAILABLE, "", () -> store.version("kv/a"));
        Program.await("it says so", () -> {
            Store.fails(Kind.UNAVAILABLE, "sealed", () -> store.fetch("kv/a#v", version));
            return true;
        });

        bao.unseal();
        assertThat(store.version("kv/a")).isEqualTo(version);
        assertThat(store.fetch("kv/a#v", version)).isEqualTo("x");
    }

    @Test
    void a_stopped_server_is_unavailable_at_once_for_all_and_nothing_grows_meanwhile() throws Exception {
        var version = store.version("kv/a");
        var names = IntStream.range(0, 200).mapToObj(n -> "kv/f" + n + "/s").toArray(String[]::new);

        bao.stop();
        store.answers(names);
        int files = openFiles();
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        for (int pass = 0; pass < 600; pass++) { // ten minutes of a poll each second
            assertThat(store.answers(names))
                    .allMatch(answer -> answer instanceof VersionAnswer.Failed(var failure)
                            && failure.kind() == Kind.UNAVAILABLE
                            && failure.why().contains("refuses connections"));
        }
        assertThat(openFiles()).isLessThanOrEqualTo(files + 2);
        assertThat(ManagementFactory.getThreadMXBean().getThreadCount()).isLessThanOrEqualTo(threads + 4);

        bao.startAgain();
        assertThat(store.version("kv/a")).isEqualTo(version);
        assertThat(store.fetch("kv/a#v", version)).isEqualTo("x");
    }

    private static int openFiles() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return (int) files.count();
        }
    }
}
