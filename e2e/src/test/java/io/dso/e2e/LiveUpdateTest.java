package io.dso.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A running container sees a change as one step: all of the old files, or all of the new. */
class LiveUpdateTest extends EndToEnd {
    private static final int UPDATES = 2_000;
    private static final String COUNTERS = "missing=0 empty=0 torn=0 mixed=0 backward=0";

    @BeforeAll
    void startAgent() {
        agent.secret("pair", pair(1)).secret("one", "old");
        agent.configure("""
                pair:
                  secrets: [ { path: pair, key: a, file: a }, { path: pair, key: b, file: b } ]
                  reload: { strategy: none }
                  %1$s
                one: { secrets: [ one ], reload: { strategy: none }, %1$s }
                odd: { secrets: [ one ], reload: { strategy: none }, %1$s }
                """.formatted(ALLOW_ALL));
        agent.start();
    }

    @Test
    void two_thousand_updates_of_two_files_show_no_missing_empty_torn_or_mixed_read() throws Exception {
        var reader = start(bundle("pair"), STATIC, "/probe", "loop", "/s", "a", "b");
        reader.awaitLine("ready");
        var file = reader.inside("/s/b");

        try (var vault = new VaultWriter(agent.vault(), agent.keyFile())) {
            for (var version = 2; version <= UPDATES + 1; version++) {
                vault.put("pair", pair(version));
                var expected = content(version, 3000);
                Await.until(
                        "update " + version + " is in the container",
                        Duration.ofSeconds(20),
                        () -> Arrays.equals(java.nio.file.Files.readAllBytes(file), expected));
            }
        }

        var seen = reader.stopBy("TERM").logs();
        System.out.println("reader: " + seen);
        assertThat(seen).contains(COUNTERS).contains("newest=" + (UPDATES + 1));
    }

    @Test
    void every_odd_value_arrives_byte_by_byte_in_a_running_container() {
        var container = start(bundle("odd"), STATIC, "/probe");

        OddBytes.all().forEach((name, value) -> {
            agent.secret("one", value);
            container.awaitFile("/s/one", value);
        });
    }

    @Test
    void an_inotify_watcher_sees_one_rename_of_the_data_link() {
        agent.secret("one", "old");
        var watcher = start(bundle("one"), STATIC, "/probe", "watch", "/s");
        watcher.awaitLine("ready");

        agent.secret("one", "new");

        watcher.awaitLine("moved-to ..data");
        watcher.awaitFile("/s/one", "new");
        var events = watcher.logs();
        System.out.println("inotify events of a change:\n" + events);
        assertThat(events.lines().filter("moved-to ..data"::equals)).hasSize(1);
        assertThat(events.lines())
                .as("the user's file is never touched itself")
                .noneMatch(line -> line.endsWith(" one"));
    }

    /** Both members in one secret, so that one write changes both; of different lengths, so that tears show. */
    private static byte[] pair(int version) {
        return "{\"a\":\"%s\",\"b\":\"%s\"}"
                .formatted(new String(content(version, 50), UTF_8), new String(content(version, 3000), UTF_8))
                .getBytes(UTF_8);
    }

    private static byte[] content(int version, int digits) {
        return (version + ":" + Integer.toString(version % 10).repeat(digits) + ".").getBytes(UTF_8);
    }
}
