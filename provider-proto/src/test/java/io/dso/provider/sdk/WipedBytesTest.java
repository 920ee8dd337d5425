package io.dso.provider.sdk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class WipedBytesTest {
    @Test
    void what_was_written_is_given_back() {
        byte[] half = "p$w\"o'r\\d\0".getBytes(StandardCharsets.UTF_8);
        try (var bytes = new WipedBytes(0)) {
            bytes.writeBytes(half);
            for (byte b : half) {
                bytes.write(b);
            }

            byte[] all = Arrays.copyOf(half, 2 * half.length);
            System.arraycopy(half, 0, all, half.length, half.length);
            assertThat(bytes.toByteArray()).isEqualTo(all);
        }
    }

    @Test
    void nothing_stays_in_any_array_it_had() {
        var had = new ArrayList<byte[]>();
        try (var bytes = new WipedBytes(4)) {
            for (int i = 0; i < 100; i++) {
                bytes.write('s');
                bytes.writeBytes("secret".getBytes(StandardCharsets.UTF_8));
                had.add(bytes.array());
            }
        }

        assertThat(had.stream().distinct()).hasSizeGreaterThan(3);
        assertThat(had).allSatisfy(array -> assertThat(array).containsOnly(0));
    }
}
