package io.dso.provider.sdk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonMemberTest {
    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "{\"p\":\"x\"}|x",
                " { \"a\" : [1,{\"p\":2}] , \"p\" : \"y\" } |y",
                "{\"p\":\"\"}|``",
                "{\"p\":\"a\\\"b\\\\c\\/d\"}|a\"b\\c/d",
                "{\"p\":\"\\u00e9\\u20ac\\ud83d\\udd11\"}|é€🔑",
                "{\"p\":\"é🔑\"}|é🔑",
                "{\"\\u0070\":\"escaped name\"}|escaped name",
                "{\"p\":1.50e+3}|1.50e+3",
                "{\"p\":-0}|-0",
                "{\"p\":true}|true",
                "{\"p\":null}|null",
                "{\"p\": {\"b\" : [ 1,2 ] } }|{\"b\" : [ 1,2 ] }",
                "{\"q\":{\"p\":\"inner\"},\"p\":\"outer\"}|outer",
            })
    void a_member_is_taken_out_exactly(String json, String value) {
        assertThat(member(json)).isEqualTo(value);
    }

    @Test
    void controls_are_decoded() {
        assertThat(member("{\"p\":\"\\b\\f\\n\\r\\t\\u0000\"}")).isEqualTo("\b\f\n\r\t\0");
    }

    @Test
    void a_string_that_is_not_utf_8_stays_as_it_is() {
        byte[] json = "{\"p\":\"?\"}".getBytes(StandardCharsets.US_ASCII);
        json[6] = (byte) 0xff;

        assertThat(JsonMember.of(json, "p")).containsExactly(0xff);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"P\":1}", "{\"a\":{\"p\":1}}", "{\"p \":1}"})
    void what_is_not_there_is_said_not_to_be_there(String json) {
        assertThatThrownBy(() -> member(json)).isInstanceOf(JsonMember.NotThere.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "\"p\"",
                "[]",
                "{",
                "{\"p\"",
                "{\"p\":",
                "{\"p\":1",
                "{\"p\":1}x",
                "{\"p\":1,}",
                "{\"p\":01}",
                "{\"p\":.5}",
                "{\"p\":1.}",
                "{\"p\":-}",
                "{\"p\":tru}",
                "{'p':1}",
                "{\"p\":\"\n\"}",
                "{\"p\":\"\\x\"}",
                "{\"p\":\"\\u12g4\"}",
                "{\"p\":\"\\ud83d\"}",
                "{\"p\":\"\\ud83d\\u0041\"}",
                "{\"p\":\"\\udd11\"}",
                "{\"p\":\"",
                "{\"p\":\"\\",
                "{\"p\":1 \"q\":2}",
                "{\"p\":[1,]}",
                "{\"p\":1,\"p\":2}",
                "{\"p\":1,\"\\u0070\":2}"
            })
    void what_is_no_json_object_is_refused_without_repeating_it(String json) {
        assertThatThrownBy(() -> member(json)).isInstanceOf(JsonMember.NotAnObject.class);
    }

    @Test
    void a_nest_without_end_is_refused() {
        assertThatThrownBy(() -> member("{\"p\":" + "[".repeat(1_000_000))).hasMessageContaining("nested too deeply");
    }

    @Test
    void whatever_the_bytes_are_the_answer_is_a_member_or_one_of_the_two_refusals() {
        byte[] good = "{ \"a\" : [1,{\"p\":-2.5e3}], \"p\":\"x\\u00e9\\ud83d\\udd11\\n\" , \"z\":null }"
                .getBytes(StandardCharsets.US_ASCII);
        var random = new Random(5);
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = Arrays.copyOf(good, 1 + random.nextInt(good.length));
            for (int change = random.nextInt(3); change > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            try {
                assertThat(JsonMember.of(bytes, "p").length).isLessThanOrEqualTo(bytes.length);
            } catch (JsonMember.NotAnObject | JsonMember.NotThere e) {
                assertThat(e.getMessage() == null || e.getMessage().contains("byte"))
                        .isTrue();
            }
        }
    }

    private static String member(String json) {
        return new String(JsonMember.of(json.getBytes(StandardCharsets.UTF_8), "p"), StandardCharsets.UTF_8);
    }
}
