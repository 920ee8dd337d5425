package io.dso.provider.vault.engine;

import io.dso.provider.sdk.StoreException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A secret's name as users write it: {@code MOUNT/PATH}, {@code MOUNT/PATH@3} for one version alone, or
 * {@code MOUNT/PATH?NAME=VALUE&…} for what is made with parameters.
 *
 * @param path with its mount, as a policy would name it
 * @param pin the one version wanted
 * @param query the parameters, as they were written
 */
public record SecretPath(String path, OptionalLong pin, String query) {
    private static final Pattern PIN = Pattern.compile("(.+)@([1-9]\\d{0,8})");

    /** @throws StoreException INVALID if no server could have a secret of that name */
    public static SecretPath parse(String text) throws StoreException {
        int mark = text.indexOf('?');
        var query = mark < 0 ? "" : text.substring(mark + 1);
        var path = mark < 0 ? text : text.substring(0, mark);
        var pinned = PIN.matcher(path);
        var pin = OptionalLong.empty();
        if (pinned.matches()) {
            path = pinned.group(1);
            pin = OptionalLong.of(Long.parseLong(pinned.group(2)));
        }
        if (!isGood(path)) {
            throw StoreException.invalid("'" + text + "' is no path as MOUNT/PATH");
        }
        return new SecretPath(path, pin, query);
    }

    private static boolean isGood(String path) {
        return path.indexOf('/') > 0
                && path.chars().noneMatch(c -> c < ' ' || c == 0x7f)
                && Arrays.stream(path.split("/", -1))
                        .noneMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    }

    /** Escaped for a URL. */
    static String escaped(String path) {
        return Arrays.stream(path.split("/", -1))
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }

    /** The parameters. */
    Map<String, String> parameters() {
        var parameters = new LinkedHashMap<String, String>();
        for (var pair : query.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
            }
        }
        return parameters;
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return text; // a percent sign of its own
        }
    }

    /** As users write it. */
    @Override
    public String toString() {
        return path + (pin.isPresent() ? "@" + pin.getAsLong() : "") + (query.isEmpty() ? "" : "?" + query);
    }
}
