package io.dso.provider.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.dso.provider.local.vault.KeySource;
import io.dso.provider.local.vault.SecretBytes;
import io.dso.provider.local.vault.SecretPath;
import io.dso.provider.local.vault.Vault;
import io.dso.provider.tck.JavaProvider;
import io.dso.provider.v1.CheckRequest;
import io.dso.provider.v1.FetchRequest;
import io.dso.provider.v1.GetVersionsRequest;
import io.dso.provider.v1.SecretRef;
import io.dso.provider.v1.WatchRequest;
import io.dso.provider.v1.WatchResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Iterator;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole process: on this JVM, or, with {@code -Ddso.provider=FILE}, that executable. */
class LocalProcessTest {
    private static final SecretRef BIG = SecretRef.newBuilder().setPath("big").build();

    @TempDir
    Path directory;

    @Test
    void it_serves_a_vault_with_a_key_file_and_ends_when_it_is_told() throws Exception {
        servesAllOf(KeySource.createKeyFile(directory.resolve("key")), "key-file");
    }

    @Test
    void it_serves_a_vault_with_a_passphrase() throws Exception {
        var file = directory.resolve("passphrase");
        Files.writeString(file, "correct horse\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        servesAllOf(new KeySource.PassphraseFile(file), "passphrase-file");
    }

    @Test
    void a_configuration_it_does_not_know_ends_it_with_the_reason() throws Exception {
        assertThat(new JavaProvider(Main.class, directory).refusal("{\"valt\":\"/x\"}"))
                .contains("unknown key 'valt'");
    }

    private void servesAllOf(KeySource key, String option) throws Exception {
        byte[] value = new byte[1 << 20];
        new Random(3).nextBytes(value);
        try (var vault = Vault.create(directory.resolve("vault"), key, 10)) {
            vault.put(new SecretPath("big"), SecretBytes.owning(value.clone()));
            var config = "{\"vault\":\"%s\",\"%s\":\"%s\"}".formatted(directory.resolve("vault"), option, key.file());
            try (var served = new JavaProvider(Main.class, directory).serve(config)) {
                var provider = served.calls();

                assertThat(provider.check(CheckRequest.getDefaultInstance())).isNotNull();
                var refs = GetVersionsRequest.newBuilder().addRefs(BIG).build();
                assertThat(provider.getVersions(refs).getResults(0).getVersion())
                        .isEqualTo("1");
                var fetch =
                        FetchRequest.newBuilder().setRef(BIG).setVersion("1").build();
                for (int i = 0; i < 50; i++) { // enough that what isn't given back would be missed
                    assertThat(provider.fetch(fetch).getValue()).isEqualTo(ByteString.copyFrom(value));
                }

                Iterator<WatchResponse> reports =
                        provider.watch(WatchRequest.newBuilder().addRefs(BIG).build());
                assertThat(reports.next().getChangedList()).as("armed").isEmpty();
                vault.put(new SecretPath("big"), SecretBytes.owning(new byte[0]));
                assertThat(reports.next().getChangedList()).containsExactly(BIG);
            }
        }
    }
}
