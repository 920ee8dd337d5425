package io.dso.agent.render;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dso.agent.bundle.Bundle;
import io.dso.agent.bundle.Bundle.Format;
import io.dso.agent.bundle.Grant;
import io.dso.agent.bundle.ReloadPolicy;
import io.dso.agent.secret.Answer;
import io.dso.agent.secret.Refusal;
import io.dso.agent.secret.SecretRef;
import io.dso.agent.secret.SecretValue;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RendererTest {
    private static final SecretRef ONE = new SecretRef("local", "one", "");
    private static final SecretRef TWO = new SecretRef("local", "two", "");

    private static Bundle bundle(Format format, String first, String second) {
        return new Bundle(
                "shop",
                List.of(new Bundle.Item(ONE, first), new Bundle.Item(TWO, second)),
                format,
                new Bundle.Owner(0, 0),
                0400,
                new Grant(Set.of(), Set.of(), Set.of(), Set.of()),
                new ReloadPolicy(
                        ReloadPolicy.Strategy.NONE,
                        "SIGHUP",
                        ReloadPolicy.Hook.NONE,
                        Duration.ZERO,
                        Duration.ZERO,
                        ReloadPolicy.Batch.CAREFUL),
                Bundle.OnUnavailable.FAIL);
    }

    private static Map<SecretRef, SecretValue> values(byte[] one, byte[] two) {
        Map<SecretRef, SecretValue> values = new LinkedHashMap<>();
        values.put(ONE, SecretValue.owning(one.clone()));
        values.put(TWO, SecretValue.owning(two.clone()));
        return values;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static RenderedFiles got(Answer<RenderedFiles> answer) {
        return switch (answer) {
            case Answer.Got<RenderedFiles>(var files) -> files;
            case Answer.Refused<RenderedFiles>(var refusal) -> throw new AssertionError(refusal.why());
        };
    }

    @Test
    void files_are_the_values_byte_by_byte_and_not_the_values_themselves() {
        byte[] odd = {0, -1, 13, 10, '$', '"'};
        var values = values(odd, new byte[0]);

        var files = got(Renderer.render(bundle(new Format.Files(), "a", "b"), values));
        values.values().forEach(SecretValue::close);

        assertThat(files.names()).containsExactly("a", "b");
        assertThat(files.content("a")).isEqualTo(odd);
        assertThat(files.content("b")).isEmpty();
        files.close();
        assertThat(files.content("a")).containsOnly(0);
        assertThat(files).hasToString("RenderedFiles[a, b]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "p$w\"o'r\\d",
                "trailing newline\n",
                "\r\n\t\b\f\u0000\u0001\u001f\u007f",
                "/</script>\u2028\u2029",
                "emoji 🔑 é ß 漢",
                "\\u0041 stays as it is",
                "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----\n",
            })
    void a_json_parser_reads_back_what_was_rendered(String text) throws IOException {
        var bundle = bundle(new Format.Json("all.json"), "na\"me 🔑", "second");

        var files = got(Renderer.render(bundle, values(utf8(text), utf8("2"))));

        assertThat(files.names()).containsExactly("all.json");
        var parsed = new ObjectMapper().readTree(files.content("all.json"));
        assertThat(parsed.size()).isEqualTo(2);
        assertThat(parsed.path("na\"me 🔑").textValue()).isEqualTo(text);
        assertThat(parsed.path("second").textValue()).isEqualTo("2");
    }

    @Test
    void random_text_of_any_length_comes_through_a_json_parser() throws IOException {
        var random = new Random(42);
        for (int round = 0; round < 500; round++) {
            int[] points = random.ints(random.nextInt(3000), 0, 0x110000)
                    .filter(point -> point < 0xd800 || point > 0xdfff)
                    .toArray();
            var text = new String(points, 0, points.length);

            var files = got(Renderer.render(bundle(new Format.Json("j"), "a", "b"), values(utf8(text), new byte[0])));

            assertThat(new ObjectMapper()
                            .readTree(files.content("j"))
                            .path("a")
                            .textValue()
                            .equals(text))
                    .as("round %d", round)
                    .isTrue();
        }
    }

    @Test
    void a_mebibyte_of_text_is_no_matter() throws IOException {
        var text = "\"".repeat(SecretValue.MAX_BYTES);

        var files = got(Renderer.render(bundle(new Format.Json("j"), "a", "b"), values(utf8(text), new byte[0])));

        assertThat(new ObjectMapper()
                        .readTree(files.content("j"))
                        .path("a")
                        .textValue()
                        .equals(text))
                .isTrue();
    }

    @Test
    void what_is_not_utf8_is_refused_as_json_and_named() {
        byte[][] broken = {
            {-1},
            {'a', (byte) 0xc3},
            {(byte) 0xc0, (byte) 0x80},
            {(byte) 0xed, (byte) 0xa0, (byte) 0x80}, // a lone surrogate
            {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80}, // beyond Unicode
            utf8("x".repeat(1023) + "é").clone(), // across the decoder's buffer, and good
        };
        for (int i = 0; i < broken.length; i++) {
            var answer = Renderer.render(bundle(new Format.Json("j"), "a", "b"), values(utf8("1"), broken[i]));
            if (i == broken.length - 1) {
                assertThat(answer).isInstanceOf(Answer.Got.class);
                continue;
            }
            assertThat(answer)
                    .isInstanceOfSatisfying(
                            Answer.Refused.class,
                            refused -> assertThat(refused.refusal())
                                    .isEqualTo(new Refusal(
                                            Refusal.Kind.INVALID,
                                            "secret local:two of bundle shop is not UTF-8 text and can't be a JSON string;"
                                                    + " use format files")));
        }
    }
}
