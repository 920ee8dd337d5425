package io.dso.provider.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialFileTest {
    @TempDir
    Path directory;

    private Path file(String text, String mode) throws IOException {
        var file = Files.writeString(directory.resolve("credential"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    }

    private static void refused(Path file, CredentialFile.Readers readers, String why) {
        assertThatThrownBy(() -> CredentialFile.read(file, readers))
                .isInstanceOfSatisfying(
                        StoreException.class,
                        e -> assertThat(e.failure().kind()).isEqualTo(StoreFailure.Kind.UNAUTHENTICATED))
                .hasMessageContaining(why)
                .hasMessageNotContaining("hunter2");
    }

    @Test
    void white_space_at_its_end_is_no_part_of_it() throws Exception {
        byte[] read =
                CredentialFile.read(file(" p$w\"o'r\\d\u00a0 \r\n\n", "rw-r-----"), CredentialFile.Readers.NOT_OTHERS);

        assertThat(new String(read, StandardCharsets.UTF_8)).isEqualTo(" p$w\"o'r\\d\u00a0");
    }

    @Test
    void one_that_everybody_can_read_is_refused_unless_its_platform_writes_it_so() throws Exception {
        var file = file("hunter2", "rw-r--r--");

        refused(file, CredentialFile.Readers.NOT_OTHERS, "chmod 0600");
        assertThat(CredentialFile.read(file, CredentialFile.Readers.ANY)).hasSize(7);
    }

    @Test
    void it_has_1_byte_to_64_kib_and_nothing_is_cut_off() throws Exception {
        assertThat(CredentialFile.read(file("x".repeat(64 << 10), "rw-------"), CredentialFile.Readers.ANY))
                .hasSize(64 << 10);
        refused(file("x".repeat((64 << 10) - 1) + " hunter2", "rw-------"), CredentialFile.Readers.ANY, "too long");
        refused(file(" \n", "rw-------"), CredentialFile.Readers.ANY, "is empty");
        refused(directory.resolve("nowhere"), CredentialFile.Readers.ANY, "there is no ");
        refused(directory, CredentialFile.Readers.ANY, "can't be read");
    }
}
