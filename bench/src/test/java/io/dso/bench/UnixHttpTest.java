package io.dso.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.junit.jupiter.api.Test;

class UnixHttpTest {

    @Test
    void an_answer_with_a_length_is_read_to_its_end_and_no_further() throws IOException {
        var from = bytes("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhelloHTTP/1.1 204 No Content\r\n\r\n");

        assertThat(UnixHttp.read(from).text()).isEqualTo("hello");
        assertThat(UnixHttp.read(from).status()).isEqualTo(204);
    }

    @Test
    void chunks_are_put_together() throws IOException {
        var from = bytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n");

        assertThat(UnixHttp.read(from).text()).isEqualTo("hello");
    }

    @Test
    void an_answer_that_is_cut_off_is_an_error() {
        assertThatThrownBy(() -> UnixHttp.read(bytes("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")))
                .isInstanceOf(EOFException.class)
                .hasMessage("the answer ended after 5 of 9 bytes");
    }

    private static InputStream bytes(String text) {
        return new ByteArrayInputStream(text.getBytes(ISO_8859_1));
    }
}
