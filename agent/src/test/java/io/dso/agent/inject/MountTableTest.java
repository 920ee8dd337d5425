package io.dso.agent.inject;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountTableTest {
    private static MountTable table(String... lines) {
        return MountTable.parse(List.of(lines));
    }

    @Test
    void a_line_of_the_manual_is_read() {
        var table = table("36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue");

        assertThat(table.entries())
                .containsExactly(
                        new MountTable.Entry("98:0", "/mnt1", "/mnt2", "ext3", "rw,noatime,rw,errors=continue"));
    }

    @Test
    void optional_fields_may_be_none_or_many() {
        var table = table(
                "1 2 0:1 / /a rw - tmpfs none rw",
                "1 2 0:1 / /b rw shared:1 master:2 propagate_from:3 unbindable - tmpfs none rw,size=1k");

        assertThat(table.entries()).extracting(MountTable.Entry::point).containsExactly("/a", "/b");
        assertThat(table.entries()).extracting(MountTable.Entry::type).containsOnly("tmpfs");
    }

    @Test
    void blanks_tabs_newlines_and_backslashes_in_names_are_themselves() {
        var table = table("1 2 0:1 /a\\040b\\011c\\012d\\134e /mnt\\134040 rw - tmpfs none rw");

        assertThat(table.entries()).singleElement().satisfies(entry -> {
            assertThat(entry.root()).isEqualTo("/a b\tc\nd\\e");
            assertThat(entry.point()).isEqualTo("/mnt\\040");
        });
    }

    @Test
    void lines_of_an_unknown_kernel_are_left_out() {
        assertThat(table(
                                "",
                                "nonsense",
                                "1 2 0:1 / /a rw",
                                "1 2 0:1 - tmpfs none rw",
                                "1 2 0:1 / /a rw - tmpfs",
                                "- - - - - - - - -")
                        .entries())
                .isEmpty();
    }

    @Test
    void a_path_is_held_by_the_longest_and_then_the_last_mount() {
        var table = table(
                "1 1 8:1 / / rw - ext4 d rw",
                "2 1 0:1 / /run rw - tmpfs t rw",
                "3 2 8:2 / /run/dso rw - ext4 d rw",
                "4 2 0:2 / /run/dso rw - tmpfs t rw,noswap",
                "5 2 0:3 / /run/dso2 rw - ext4 d rw");

        assertThat(table.holding(Path.of("/run/dso/volumes")))
                .hasValueSatisfying(entry -> assertThat(entry.options()).contains("noswap"));
        assertThat(table.holding(Path.of("/run/dsoo")))
                .hasValueSatisfying(entry -> assertThat(entry.point()).isEqualTo("/run"));
        assertThat(table.holding(Path.of("/etc")))
                .hasValueSatisfying(entry -> assertThat(entry.point()).isEqualTo("/"));
    }

    @Test
    void a_process_that_is_gone_has_no_mounts() throws IOException {
        assertThat(MountTable.of(Long.MAX_VALUE).entries()).isEmpty();
    }

    @Test
    void our_own_table_has_a_root() throws IOException {
        assertThat(MountTable.own().holding(Path.of("/"))).isPresent();
    }
}
