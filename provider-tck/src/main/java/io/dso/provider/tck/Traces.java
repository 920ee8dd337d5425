package io.dso.provider.tck;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/** A value in the shapes in which it may turn up where it mustn't. */
final class Traces {
    /** What is shorter turns up by chance. */
    static final int SHORTEST = 6;

    private Traces() {}

    /** The value itself, in hexadecimal, in Base64. */
    static List<byte[]> of(byte[] value) {
        var shapes = new ArrayList<byte[]>();
        shapes.add(value);
        shapes.addAll(texts(value));
        return shapes;
    }

    /** Its bare hashes, whose owner a dictionary finds. */
    static List<byte[]> hashesOf(byte[] value) {
        var shapes = new ArrayList<byte[]>();
        for (var algorithm : List.of("MD5", "SHA-1", "SHA-256", "SHA-512")) {
            try {
                shapes.addAll(texts(MessageDigest.getInstance(algorithm).digest(value)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException("every JDK has " + algorithm, e);
            }
        }
        return shapes;
    }

    private static List<byte[]> texts(byte[] bytes) {
        return List.of(
                HexFormat.of().formatHex(bytes).getBytes(StandardCharsets.US_ASCII),
                HexFormat.of().withUpperCase().formatHex(bytes).getBytes(StandardCharsets.US_ASCII),
                Base64.getEncoder().withoutPadding().encode(bytes),
                Base64.getUrlEncoder().withoutPadding().encode(bytes));
    }

    /** True if one stands in the text. */
    static boolean stand(List<byte[]> shapes, byte[] text) {
        return shapes.stream().anyMatch(shape -> contains(text, shape));
    }

    private static boolean contains(byte[] text, byte[] part) {
        for (int at = 0; at + part.length <= text.length; at++) {
            if (matches(text, at, part)) {
                return true;
            }
        }
        return false;
    }

    private static boolean matches(byte[] text, int at, byte[] part) {
        for (int i = 0; i < part.length; i++) {
            if (text[at + i] != part[i]) {
                return false;
            }
        }
        return true;
    }
}
