package io.dso.provider.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.dso.provider.sdk.StoreFailure.Kind;
import io.dso.provider.sdk.VersionAnswer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Key and value, both versions, on a real OpenBao. */
class KvTest {
    private static final String ODD = "p$w\\\"o\\u0027r\\\\d<&>\\u0000é\\n ";
    private static final String ODD_DECODED = "p$w\"o'r\\d<&>\0é\n ";

    @TempDir
    static Path directory;

    private static Bao bao;
    private Store store;

    @BeforeAll
    static void startServer() throws IOException {
        bao = Bao.start(directory);
        bao.post("/sys/mounts/old", "{'type':'kv','options':{'version':'1'}}");
        bao.post("/sys/mounts/team/a/kv", "{'type':'kv','options':{'version':'2'}}");
        bao.policy("all", "kv/* read list", "old/* read", "team/* read list");
        bao.policy("metadata", "kv/metadata/* read");
    }

    @AfterAll
    static void stopServer() {
        if (bao != null) {
            bao.close();
        }
    }

    @BeforeEach
    void openStore() {
        store = open("all");
    }

    @AfterEach
    void closeStore() {
        if (store != null) {
            store.close();
        }
    }

    private static Store open(String policy) {
        return open(policy, InstantSource.system());
    }

    private static Store open(String policy, InstantSource clock) {
        return Store.open(
                "{'address':'%s','auth':{'method':'token','token-file':'%s'}}"
                        .formatted(bao.address(), bao.tokenFile(policy)),
                clock);
    }

    @Test
    void each_write_is_a_version_and_each_version_is_fetched_by_its_name() throws Exception {
        bao.put("shop/db", "{'password':'one'}");
        var first = store.version("kv/shop/db");
        bao.put("shop/db", "{'password':'two'}");
        var second = store.version("kv/shop/db");

        assertThat(second).isNotEqualTo(first).isEqualTo(store.version("kv/shop/db"));
        assertThat(store.fetch("kv/shop/db#password", first)).isEqualTo("one");
        assertThat(store.fetch("kv/shop/db#password", second)).isEqualTo("two");
    }

    @Test
    void a_pinned_version_stays_when_the_secret_moves_on() throws Exception {
        bao.put("pinned", "{'v':'one'}");
        bao.put("pinned", "{'v':'two'}");
        var pinned = store.version("kv/pinned@1");
        bao.put("pinned", "{'v':'three'}");

        assertThat(store.version("kv/pinned@1")).isEqualTo(pinned);
        assertThat(store.fetch("kv/pinned@1#v", pinned)).isEqualTo("one");
        Store.fails(Kind.NOT_FOUND, "no version 9", () -> store.version("kv/pinned@9"));
    }

    @Test
    void a_deleted_version_is_not_found_until_it_is_restored_and_a_destroyed_one_for_good() throws Exception {
        bao.put("gone", "{'v':'x'}");
        var version = store.version("kv/gone");

        bao.delete("/kv/data/gone");
        Store.fails(Kind.NOT_FOUND, "deleted", () -> store.version("kv/gone"));
        Store.fails(Kind.NOT_FOUND, "no value of version 1", () -> store.fetch("kv/gone", version));

        bao.post("/kv/undelete/gone", "{'versions':[1]}");
        assertThat(store.version("kv/gone")).isEqualTo(version);
        assertThat(store.fetch("kv/gone#v", version)).isEqualTo("x");

        bao.post("/kv/destroy/gone", "{'versions':[1]}");
        Store.fails(Kind.NOT_FOUND, "deleted", () -> store.version("kv/gone"));
    }

    @Test
    void a_secret_that_is_made_anew_has_another_version_although_its_number_is_the_same() throws Exception {
        bao.put("anew", "{'v':'old'}");
        var old = store.version("kv/anew");
        bao.delete("/kv/metadata/anew");
        bao.put("anew", "{'v':'new'}");

        assertThat(store.version("kv/anew")).startsWith("1@").isNotEqualTo(old);
        Store.fails(Kind.NOT_FOUND, "no value of version 1", () -> store.fetch("kv/anew", old));
    }

    @Test
    void what_is_no_version_is_not_found() {
        bao.put("some", "{'v':'x'}");

        for (var version : new String[] {"1", "latest", "1@", "@", "0@x", "-1@x", "99999999999@x", "1@2020"}) {
            Store.fails(Kind.NOT_FOUND, "no value of version", () -> store.fetch("kv/some", version));
        }
    }

    @Test
    void an_hour_of_polls_over_a_thousand_quiet_secrets_costs_a_call_a_folder_each_and_no_value_is_read()
            throws Exception {
        var paths = IntStream.range(0, 1000)
                .mapToObj(n -> "many/" + n % 5 + "/s" + n)
                .toArray(String[]::new);
        for (var path : paths) {
            bao.put(path, "{'v':'x'}");
        }
        var names = java.util.Arrays.stream(paths).map(path -> "kv/" + path).toArray(String[]::new);
        var now = new AtomicReference<>(Instant.now());
        try (var hourly = open("all", now::get)) {
            hourly.answers(names); // learns of the mount, logs in
            int before = bao.requests().size();

            for (int poll = 0; poll < 120; poll++) {
                now.updateAndGet(at -> at.plusSeconds(30));
                assertThat(hourly.answers(names))
                        .hasSize(1000)
                        .allMatch(answer -> answer instanceof VersionAnswer.Current);
            }

            var calls = bao.requests().subList(before, bao.requests().size());
            var lists = calls.stream()
                    .filter(call -> call.startsWith("list kv/detailed-metadata/many/"))
                    .toList();
            System.out.println("calls of an hour: " + calls.size() + ", of which lists: " + lists.size());
            assertThat(lists).hasSize(120 * 5);
            assertThat(calls.size() - lists.size()).as("for the token").isLessThanOrEqualTo(10);
            assertThat(calls).noneMatch(call -> call.contains("kv/data/"));
        }
    }

    @Test
    void metadata_alone_is_enough_to_see_changes_but_not_values() throws Exception {
        bao.put("folder/a", "{'v':'x'}");
        bao.put("folder/b", "{'v':'x'}");
        try (var careful = open("metadata")) {
            assertThat(careful.answers("kv/folder/a", "kv/folder/b"))
                    .allMatch(answer -> answer instanceof VersionAnswer.Current);
            var version = careful.version("kv/folder/a");

            Store.fails(Kind.DENIED, "denies kv/data/folder/a", () -> careful.fetch("kv/folder/a#v", version));
        }
    }

    @Test
    void a_missing_a_denied_and_a_misnamed_secret_fail_alone() throws Exception {
        bao.put("there", "{'v':'x'}");

        var answers = store.answers("kv/none", "secret/none", "kv/there", "nothing", "kv/../x", "kv/there@2");

        assertThat(answers)
                .extracting(answer -> answer instanceof VersionAnswer.Failed(var failure)
                        ? failure.kind().name()
                        : "current")
                .containsExactly("NOT_FOUND", "DENIED", "current", "INVALID", "INVALID", "NOT_FOUND");
    }

    @Test
    void members_that_are_no_text_give_their_own_exact_text() throws Exception {
        bao.post("/kv/data/odd", "{'data':{'s':'%s','n':5432,'f':1.5,'t':true,'o':{'a':[1,'x']}}}".formatted(ODD));

        assertThat(store.value("kv/odd#s")).isEqualTo(ODD_DECODED);
        assertThat(store.value("kv/odd#n")).isEqualTo("5432");
        assertThat(store.value("kv/odd#f")).isEqualTo("1.5");
        assertThat(store.value("kv/odd#t")).isEqualTo("true");
        assertThat(store.value("kv/odd#o")).isEqualTo("{\"a\":[1,\"x\"]}");
        Store.fails(Kind.NOT_FOUND, "no member 'none'", () -> store.value("kv/odd#none"));
    }

    @Test
    void a_value_of_one_mebibyte_and_a_binary_one_come_through_byte_for_byte() throws Exception {
        var random = new Random(3);
        var text = random.ints(1 << 20, 'a', 'z')
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append);
        byte[] binary = new byte[700_000];
        random.nextBytes(binary);
        bao.put("big", "{'text':'" + text + "'}");
        bao.put("binary", "{'keystore':'" + Base64.getEncoder().encodeToString(binary) + "','plain':'a b'}");

        assertThat(store.value("kv/big#text")).isEqualTo(text.toString());
        assertThat(store.bytes("kv/binary#base64:keystore", store.version("kv/binary")))
                .isEqualTo(binary);
        Store.fails(Kind.INVALID, "is no base64", () -> store.value("kv/binary#base64:plain"));
    }

    @Test
    void paths_with_odd_characters_and_custom_mounts_are_found() throws Exception {
        bao.post("/team/a/kv/data/caf%C3%A9%20x/100%25", "{'data':{'v':'odd'}}");

        assertThat(store.value("team/a/kv/café x/100%#v")).isEqualTo("odd");
    }

    @Test
    void a_namespace_has_secrets_of_its_own() throws Exception {
        bao.post("/sys/namespaces/team-b", "{}");
        bao.post("/team-b/sys/mounts/kv", "{'type':'kv','options':{'version':'2'}}");
        Program.await("KV is ready", () -> {
            bao.post("/team-b/kv/data/a", "{'data':{'v':'theirs'}}");
            return true;
        });
        bao.put("a", "{'v':'ours'}");
        var token = bao.file("root-token", bao.root());

        try (var theirs = Store.open(
                "{'address':'%s','namespace':'team-b','auth':{'method':'token','token-file':'%s','namespace':'team-b'}}"
                        .formatted(bao.address(), token))) {
            assertThat(theirs.value("kv/a#v")).isEqualTo("theirs");
        }
        assertThat(store.value("kv/a#v")).isEqualTo("ours");
    }

    @Test
    void what_has_no_versions_is_known_by_a_digest_that_changes_with_the_value() throws Exception {
        bao.post("/old/a", "{'v':'one','port':1}");
        bao.post("/old/b", "{'v':'one','port':1}");
        var first = store.version("old/a");

        assertThat(store.version("old/a")).isEqualTo(first);
        assertThat(store.version("old/b")).as("of an equal value elsewhere").isNotEqualTo(first);
        assertThat(store.fetch("old/a#v", first)).isEqualTo("one");

        bao.post("/old/a", "{'v':'two'}");
        assertThat(store.version("old/a")).isNotEqualTo(first);
        Store.fails(Kind.NOT_FOUND, "another one by now", () -> store.fetch("old/a#v", first));
        Store.fails(Kind.INVALID, "none can be pinned", () -> store.version("old/a@1"));
    }

    @Test
    void digests_outlive_the_process_only_with_a_key_file() throws Exception {
        bao.post("/old/c", "{'v':'x'}");
        var key = bao.file("digest-key", "0123456789abcdef0123456789abcdef");
        var config = "{'address':'%s','digest-key-file':'%s','auth':{'method':'token','token-file':'%s'}}"
                .formatted(bao.address(), key, bao.tokenFile("all"));
        try (var one = Store.open(config);
                var two = Store.open(config)) {
            assertThat(two.version("old/c")).isEqualTo(one.version("old/c")).isNotEqualTo(store.version("old/c"));
        }
    }

    @Test
    void a_unix_socket_is_an_address_too() throws Exception {
        bao.put("sock", "{'v':'x'}");
        try (var unix = Store.open("{'address':'%s','auth':{'method':'token','token-file':'%s'}}"
                .formatted(bao.unixAddress(), bao.tokenFile("all")))) {
            assertThat(unix.value("kv/sock#v")).isEqualTo("x");
        }
    }
}
