package io.dso.provider.sdk;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The provider's own part of DSO's configuration, a JSON object, read by typed getters. What is wrong is said with the
 * key and what was expected, not with what stands there, which could be a credential. Not thread-safe.
 *
 * <p>It is strict: after the store was opened, keys that were not asked for are an error. So ask for all of them then.
 */
public final class ProviderConfig {
    private static final Pattern SHORT_DURATION = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final int MAX_BYTES = 1 << 20;

    private final String place;
    private final JsonObject json;
    private final TreeSet<String> asked = new TreeSet<>();
    private final Map<String, ProviderConfig> children = new LinkedHashMap<>();

    private ProviderConfig(String place, JsonObject json) {
        this.place = place;
        this.json = json;
    }

    /**
     * Reads a file.
     *
     * @throws ConfigException if it can't be read or holds something else than a JSON object
     */
    public static ProviderConfig read(Path file) {
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw new ConfigException("configuration " + file + " is larger than " + MAX_BYTES + " bytes");
            }
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new ConfigException(
                    "configuration " + file + " can't be read: " + e.getClass().getSimpleName(), e);
        }
    }

    /**
     * Reads text.
     *
     * @throws ConfigException if it is something else than a JSON object
     */
    public static ProviderConfig parse(String text) {
        try {
            if (JsonParser.parseString(text) instanceof JsonObject object) {
                return new ProviderConfig("", object);
            }
        } catch (JsonParseException e) {
            // Without the cause: the parser quotes what it stumbled on.
            throw new ConfigException("the configuration is not JSON");
        }
        throw new ConfigException("the configuration is not a JSON object");
    }

    /** True when the key is there, and not null. */
    public boolean has(String key) {
        return find(key) != null;
    }

    /** What is there: for a part whose keys are names that the user chooses. They still have to be asked for. */
    public Set<String> keys() {
        return Set.copyOf(json.keySet());
    }

    /** A text that is not empty. */
    public String text(String key) {
        return required(key, this::asText);
    }

    public String text(String key, String otherwise) {
        return optional(key, this::asText).orElse(otherwise);
    }

    /** A path, absolute. */
    public Path path(String key) {
        return required(key, this::asPath);
    }

    public Optional<Path> findPath(String key) {
        return optional(key, this::asPath);
    }

    /** An https address, or an http one of {@link ThisMachine}. */
    public URI address(String key) {
        return required(key, this::asAddress);
    }

    public URI address(String key, String otherwise) {
        return findAddress(key).orElseGet(() -> URI.create(otherwise));
    }

    public Optional<URI> findAddress(String key) {
        return optional(key, this::asAddress);
    }

    /** The address of a proxy, for which http is good enough: what goes through it is encrypted. */
    public Optional<URI> findProxy(String key) {
        return optional(key, name -> asAddress(name, _ -> true));
    }

    public Optional<String> findText(String key) {
        return optional(key, this::asText);
    }

    public int integer(String key, int otherwise) {
        return optional(key, this::asInteger).orElse(otherwise);
    }

    /** {@code true} or {@code false}, also as text. */
    public boolean flag(String key, boolean otherwise) {
        return optional(key, this::asFlag).orElse(otherwise);
    }

    /** {@code 30s}, {@code 5m}, {@code 250ms}, or ISO as {@code PT1M30S}; at least a millisecond. */
    public Duration duration(String key, Duration otherwise) {
        return optional(key, this::asDuration).orElse(otherwise);
    }

    /** A list of texts; empty when the key isn't there. */
    public List<String> texts(String key) {
        var element = find(key);
        if (element == null) {
            return List.of();
        }
        if (!element.isJsonArray()) {
            throw wrong(key, "a list");
        }
        var texts = new ArrayList<String>();
        for (var item : element.getAsJsonArray()) {
            if (!(item instanceof JsonPrimitive text)) {
                throw wrong(key, "a list of texts");
            }
            texts.add(text.getAsString());
        }
        return List.copyOf(texts);
    }

    /** A part of the configuration; an empty one when the key isn't there. */
    public ProviderConfig part(String key) {
        var known = children.get(key);
        if (known != null) {
            return known;
        }
        var element = find(key);
        if (element != null && !element.isJsonObject()) {
            throw wrong(key, "an object");
        }
        var part =
                new ProviderConfig(place + key + ".", element == null ? new JsonObject() : element.getAsJsonObject());
        children.put(key, part);
        return part;
    }

    /**
     * What stands at a key is no good, in the same words as the getters'.
     *
     * @param expected what it should be, e.g. {@code an https address}
     */
    public ConfigException wrong(String key, String expected) {
        return new ConfigException("'" + place + key + "' has to be " + expected);
    }

    /**
     * What {@link ProviderProcess} does once the store is open; for tests of configurations.
     *
     * @throws ConfigException if there is a key that nobody asked for
     */
    public void refuseUnasked() {
        for (var key : json.keySet()) {
            if (!asked.contains(key)) {
                throw new ConfigException("unknown key '" + place + key + "', known are " + String.join(", ", asked));
            }
        }
        children.values().forEach(ProviderConfig::refuseUnasked);
    }

    private @Nullable JsonElement find(String key) {
        asked.add(key);
        var element = json.get(key);
        return element == null || element.isJsonNull() ? null : element;
    }

    private <T> T required(String key, Function<String, T> reader) {
        if (!has(key)) {
            throw new ConfigException("'" + place + key + "' is missing");
        }
        return reader.apply(key);
    }

    private <T> Optional<T> optional(String key, Function<String, T> reader) {
        return has(key) ? Optional.of(reader.apply(key)) : Optional.empty();
    }

    private String primitive(String key, String expected) {
        if (find(key) instanceof JsonPrimitive primitive) {
            return primitive.getAsString();
        }
        throw wrong(key, expected);
    }

    private String asText(String key) {
        var text = primitive(key, "a text");
        if (text.isEmpty()) {
            throw wrong(key, "a text that isn't empty");
        }
        return text;
    }

    private Path asPath(String key) {
        var text = asText(key);
        if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
            throw wrong(key, "an absolute path");
        }
        return Path.of(text);
    }

    private URI asAddress(String key) {
        return asAddress(key, ThisMachine::has);
    }

    /** @param plainly whether http is good enough for this one */
    private URI asAddress(String key, Predicate<URI> plainly) {
        try {
            var uri = new URI(asText(key));
            if (uri.getHost() != null
                    && ("https".equals(uri.getScheme()) || ("http".equals(uri.getScheme()) && plainly.test(uri)))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Said below, without what stands there.
        }
        throw wrong(key, "an https address");
    }

    private int asInteger(String key) {
        try {
            return Integer.parseInt(primitive(key, "a whole number"));
        } catch (NumberFormatException e) {
            throw wrong(key, "a whole number");
        }
    }

    private boolean asFlag(String key) {
        return switch (primitive(key, "true or false")) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(key, "true or false");
        };
    }

    private Duration asDuration(String key) {
        var duration = asAnyDuration(key);
        if (duration.compareTo(Duration.ofMillis(1)) < 0) {
            throw wrong(key, "longer than nothing");
        }
        return duration;
    }

    private Duration asAnyDuration(String key) {
        var text = primitive(key, "a duration as 30s");
        var parts = SHORT_DURATION.matcher(text);
        if (parts.matches()) {
            long amount = Long.parseLong(parts.group(1));
            return switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
            };
        }
        try {
            return Duration.parse(text);
        } catch (DateTimeParseException e) {
            throw wrong(key, "a duration as 30s");
        }
    }
}
