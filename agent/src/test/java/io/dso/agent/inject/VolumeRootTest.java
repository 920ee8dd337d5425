package io.dso.agent.inject;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class VolumeRootTest {
    private final RamRoot ram = new RamRoot();

    @AfterEach
    void end() {
        ram.close();
    }

    @Test
    void it_is_on_ram() throws IOException {
        var holding = MountTable.own().holding(Path.of(ram.volumes.toString())).orElseThrow();

        assertThat(holding.type()).isEqualTo("tmpfs");
    }

    @Test
    void a_second_agent_finds_it_as_it_is() throws IOException {
        ram.volumes.create("shop", "m1");

        var again = VolumeRoot.prepare(Path.of(ram.volumes.toString()), 64 << 20);

        assertThat(again.found()).extracting(VolumeRoot.Found::mount).containsExactly("m1");
    }

    @Test
    void everybody_may_enter_a_mounts_directory_and_nobody_but_us_list_volumes() throws IOException {
        var directory = ram.volumes.create("shop", "m1");

        assertThat(mode(directory)).isEqualTo("rwxr-xr-x");
        assertThat(mode(Path.of(ram.volumes.toString()))).isEqualTo("rwx--x--x");
    }

    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void making_a_mounts_directory_again_empties_it() throws IOException {
        Files.writeString(ram.volumes.create("shop", "m1").resolve("left"), "over");

        assertThat(ram.volumes.create("shop", "m1")).isEmptyDirectory();
    }

    @Test
    void removing_follows_no_link() throws IOException {
        var outside = Files.writeString(ram.directory.resolve("outside"), "stays");
        var directory = ram.volumes.create("shop", "m1");
        Files.createSymbolicLink(directory.resolve("link"), ram.directory);

        ram.volumes.remove("shop");

        assertThat(outside).hasContent("stays");
        assertThat(directory).doesNotExist();
        ram.volumes.remove("shop"); // again: nothing happens
    }

    @Test
    void what_is_found_are_mounts_and_nothing_else() throws IOException {
        ram.volumes.create("shop", "m1");
        ram.volumes.create("shop", "m2");
        ram.volumes.create("other", "m3");
        Files.createDirectories(ram.volumes.directory("empty"));
        Files.createDirectory(ram.volumes.directory("shop", "m1").resolve("..v1"));

        assertThat(ram.volumes.found())
                .extracting(VolumeRoot.Found::volume, VolumeRoot.Found::mount)
                .containsExactlyInAnyOrder(
                        org.assertj.core.groups.Tuple.tuple("shop", "m1"),
                        org.assertj.core.groups.Tuple.tuple("shop", "m2"),
                        org.assertj.core.groups.Tuple.tuple("other", "m3"));
    }

    @Test
    void the_kernel_tells_which_mounts_a_process_has() throws IOException {
        var bound = ram.volumes.create("shop", "m1");
        ram.volumes.create("shop", "m2");
        var started = ProcessWithMount.of(bound);
        Assumptions.assumeTrue(started.isPresent(), "only root can mount");
        long pid;
        try (var process = started.orElseThrow()) {
            pid = process.pid();
            assertThat(ram.volumes.mountsOf(pid)).containsExactly("m1");
            assertThat(ram.volumes.mountsOf(ProcessHandle.current().pid())).isEmpty();
            assertThat(ram.volumes.held("m1")).isTrue();
            assertThat(ram.volumes.held("m2")).isFalse();
        }
        assertThat(ram.volumes.mountsOf(pid)).as("gone").isEmpty();
        assertThat(ram.volumes.held("m1")).isFalse();
    }
}
