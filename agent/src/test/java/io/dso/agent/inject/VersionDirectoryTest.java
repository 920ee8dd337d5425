package io.dso.agent.inject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dso.agent.bundle.Bundle.Owner;
import io.dso.agent.render.RenderedFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class VersionDirectoryTest {
    private static final Owner ROOT = new Owner(0, 0);

    private Path path = Path.of("/nowhere");
    private VersionDirectory directory = new VersionDirectory(path);

    @BeforeEach
    void makeOnRam() throws IOException {
        path = Files.createTempDirectory(Path.of("/dev/shm"), "dso-test-");
        directory = new VersionDirectory(path);
    }

    @AfterEach
    void remove() throws IOException {
        VolumeRoot.removeTree(path);
    }

    private static RenderedFiles files(String... namesAndContents) {
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (int i = 0; i < namesAndContents.length; i += 2) {
            files.put(namesAndContents[i], namesAndContents[i + 1].getBytes(StandardCharsets.UTF_8));
        }
        return new RenderedFiles(files);
    }

    private void publish(int version, String... namesAndContents) throws IOException {
        directory.publish(version, files(namesAndContents), ROOT, 0400);
    }

    private List<String> visible() throws IOException {
        try (var entries = Files.list(path)) {
            return entries.map(entry -> entry.getFileName().toString())
                    .filter(name -> !name.startsWith(".."))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void a_reader_sees_each_file_by_its_name() throws IOException {
        publish(1, "user", "anna", "password", "p$w\"o'r\\d\n");

        assertThat(path.resolve("user")).hasContent("anna");
        assertThat(Files.readString(path.resolve("password"))).isEqualTo("p$w\"o'r\\d\n");
        assertThat(directory.shown()).contains(1);
        assertThat(directory.shows(files("user", "anna", "password", "p$w\"o'r\\d\n")))
                .isTrue();
        assertThat(directory.shows(files("user", "berta"))).isFalse();
    }

    @Test
    void every_byte_is_kept() throws IOException {
        var random = new byte[1 << 20];
        new Random(7).nextBytes(random);
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("empty", new byte[0]);
        all.put("nul", new byte[1]);
        all.put("mebibyte", random.clone());
        all.put("emoji 🔑 name", "🔑".getBytes(StandardCharsets.UTF_8));

        try (var files = new RenderedFiles(all)) {
            directory.publish(1, files, ROOT, 0440);
            assertThat(directory.shows(files)).isTrue();
        }

        assertThat(path.resolve("empty")).isEmptyFile();
        assertThat(path.resolve("nul")).hasBinaryContent(new byte[1]);
        assertThat(Arrays.equals(Files.readAllBytes(path.resolve("mebibyte")), random))
                .isTrue();
    }

    @Test
    void files_have_owner_and_mode_from_the_start() throws IOException {
        Assumptions.assumeTrue(
                Files.getOwner(path).getName().equals("root"), "only root can give files to somebody else");
        directory.publish(1, files("password", "x"), new Owner(1000, 1001), 0440);

        var file = path.resolve("password");
        assertThat(Files.getAttribute(file, "unix:uid")).isEqualTo(1000);
        assertThat(Files.getAttribute(file, "unix:gid")).isEqualTo(1001);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("r--r-----");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path.resolve("..v1"))))
                .isEqualTo("rwxr-xr-x");
    }

    @Test
    void a_new_version_adds_and_drops_names() throws IOException {
        publish(1, "both", "1", "dropped", "1");

        publish(2, "both", "2", "new", "2");

        assertThat(visible()).containsExactly("both", "new");
        assertThat(path.resolve("both")).hasContent("2");
    }

    @Test
    void going_back_shows_all_of_the_old_version() throws IOException {
        publish(1, "both", "1", "dropped", "1");
        publish(2, "both", "2", "new", "2");

        directory.show(1);

        assertThat(visible()).containsExactly("both", "dropped");
        assertThat(path.resolve("both")).hasContent("1");
        assertThat(directory.shown()).contains(1);
    }

    @Test
    void a_version_that_is_not_there_is_not_shown_and_nothing_changes() throws IOException {
        publish(1, "password", "1");

        assertThatThrownBy(() -> directory.show(9)).isInstanceOf(NoSuchFileException.class);

        assertThat(path.resolve("password")).hasContent("1");
        assertThat(directory.shown()).contains(1);
    }

    @Test
    void what_a_kill_left_is_overwritten() throws IOException {
        publish(1, "password", "1");
        Files.createDirectory(path.resolve("..new"));
        Files.writeString(path.resolve("..new/password"), "half");
        Files.createSymbolicLink(path.resolve("..data_new"), Path.of("..v9"));

        publish(2, "password", "2");

        assertThat(path.resolve("password")).hasContent("2");
        assertThat(path.resolve("..new")).doesNotExist();
        assertThat(Files.isSymbolicLink(path.resolve("..data_new"))).isFalse();
    }

    @Test
    void a_kill_between_the_switch_and_the_links_is_completed_by_doing_it_again() throws IOException {
        publish(1, "both", "1", "dropped", "1");
        publish(2, "both", "2", "new", "2");
        Files.delete(path.resolve("new"));
        Files.createSymbolicLink(path.resolve("dropped"), Path.of("..data", "dropped"));

        directory.show(2);

        assertThat(visible()).containsExactly("both", "new");
        assertThat(path.resolve("new")).hasContent("2");
    }

    @Test
    void a_version_that_is_complete_is_not_written_again() throws IOException {
        publish(1, "password", "1");
        var before = Files.getAttribute(path.resolve("..v1/password"), "unix:ino");
        publish(2, "password", "2");

        publish(1, "password", "1");

        assertThat(Files.getAttribute(path.resolve("..v1/password"), "unix:ino"))
                .isEqualTo(before);
    }

    @Test
    void only_versions_that_nobody_reads_any_more_are_pruned() throws IOException {
        publish(1, "password", "1");
        publish(2, "password", "2");
        publish(3, "password", "3");
        Files.createDirectory(path.resolve("..new"));
        var longAgo = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
        for (var old : List.of("..v1", "..v3", "..new")) {
            Files.setLastModifiedTime(path.resolve(old), longAgo);
        }

        directory.prune(Instant.now().minusSeconds(60));

        assertThat(path.resolve("..v1")).doesNotExist();
        assertThat(path.resolve("..new")).doesNotExist();
        assertThat(path.resolve("..v2")).as("was shown a moment ago").exists();
        assertThat(path.resolve("password")).hasContent("3");
    }

    @Test
    void reading_a_version_gives_its_files() throws IOException {
        publish(1, "user", "anna", "password", "1");
        publish(2, "user", "berta");

        try (var files = directory.read(1)) {
            assertThat(files.names()).containsExactlyInAnyOrder("user", "password");
            assertThat(files.content("user")).isEqualTo("anna".getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void readers_in_a_tight_loop_see_nothing_missing_torn_or_mixed_over_2000_updates() throws Exception {
        publish(1, "a", content(1), "b", content(1));
        var done = new AtomicBoolean();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Long> apart = threads.submit(() -> readApart(done));
            Future<Long> together = threads.submit(() -> readTogether(done));
            for (int version = 2; version <= 2000; version++) {
                publish(version, "a", content(version), "b", content(version));
                directory.prune(Instant.now().minusSeconds(1));
                Thread.yield();
            }
            done.set(true);
            assertThat(apart.get(30, TimeUnit.SECONDS)).isPositive();
            assertThat(together.get(30, TimeUnit.SECONDS)).isPositive();
        }
    }

    /** A version's number, padded: a torn read would show. */
    private static String content(int version) {
        return "%08d".formatted(version).repeat(500);
    }

    /** Each file by its name; none may be missing or torn, and none goes back in time. */
    private long readApart(AtomicBoolean done) throws IOException {
        long reads = 0;
        int newest = 0;
        while (!done.get()) {
            for (var name : List.of("a", "b")) {
                int seen = whole(path.resolve(name));
                assertThat(seen).isGreaterThanOrEqualTo(newest);
                newest = seen;
                reads++;
            }
        }
        return reads;
    }

    /** Both files by one look at where they are: both of one version. */
    private long readTogether(AtomicBoolean done) throws IOException {
        long reads = 0;
        while (!done.get()) {
            var version = path.resolve("..data").toRealPath();
            assertThat(whole(version.resolve("a"))).isEqualTo(whole(version.resolve("b")));
            reads++;
        }
        return reads;
    }

    private static int whole(Path file) throws IOException {
        var text = Files.readString(file);
        int version = Integer.parseInt(text.substring(0, 8));
        assertThat(text.equals(content(version))).as("torn: %s", file).isTrue();
        return version;
    }
}
