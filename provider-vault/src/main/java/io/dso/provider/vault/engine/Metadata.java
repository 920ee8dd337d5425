package io.dso.provider.vault.engine;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.dso.provider.sdk.StoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What KV version 2 says about a secret without saying the secret.
 *
 * @param current the newest version's number, 0 if there is none
 * @param versions those that are kept, by number
 */
record Metadata(long current, Map<Long, Version> versions) {

    /**
     * One version.
     *
     * @param created the server's words; with the number they name a version also after a secret was made anew
     * @param deleted when it was or will be deleted; empty for never
     */
    record Version(String created, String deleted, boolean destroyed) {
        private boolean isGone(Instant now) {
            if (destroyed || deleted.isEmpty()) {
                return destroyed;
            }
            try {
                return !now.isBefore(Instant.parse(deleted));
            } catch (DateTimeException e) {
                return true;
            }
        }
    }

    /** The name of the version that is wanted: the pinned one or the newest. */
    String version(SecretPath secret, Instant now) throws StoreException {
        long number = secret.pin().orElse(current);
        var version = versions.get(number);
        if (number == 0 || version == null) {
            throw StoreException.notFound("there is no version " + number + " of " + secret.path());
        }
        if (version.isGone(now)) {
            throw StoreException.notFound("version " + number + " of " + secret.path() + " is deleted");
        }
        return name(number, version.created());
    }

    /** Names a version. */
    static String name(long number, String created) {
        return number + "@" + created;
    }

    /** Reads the answer to one secret's metadata. */
    static Metadata of(byte[] answer) throws StoreException {
        return read(answer, json -> {
            enter(json, "data");
            return one(json);
        });
    }

    /** Reads the answer to a detailed list, of it those that are wanted. */
    static Map<String, Metadata> of(byte[] answer, Set<String> wanted) throws StoreException {
        return read(answer, json -> {
            var found = new HashMap<String, Metadata>();
            enter(json, "data");
            enter(json, "key_info");
            if (json.peek() != JsonToken.BEGIN_OBJECT) {
                return found;
            }
            json.beginObject();
            while (json.hasNext()) {
                var name = json.nextName();
                if (wanted.contains(name) && json.peek() == JsonToken.BEGIN_OBJECT) {
                    found.put(name, one(json));
                } else {
                    json.skipValue();
                }
            }
            return found;
        });
    }

    private interface Reading<T> {
        T read(JsonReader json) throws IOException;
    }

    private static <T> T read(byte[] answer, Reading<T> reading) throws StoreException {
        try (var json =
                new JsonReader(new InputStreamReader(new ByteArrayInputStream(answer), StandardCharsets.UTF_8))) {
            return reading.read(json);
        } catch (IOException | IllegalStateException | NumberFormatException e) {
            throw StoreException.unavailable("the server's answer is not the metadata of secrets");
        }
    }

    /** Goes into a member of the object at hand, over all that comes before it. */
    private static void enter(JsonReader json, String member) throws IOException {
        json.beginObject();
        while (json.hasNext()) {
            if (json.nextName().equals(member)) {
                return;
            }
            json.skipValue();
        }
        throw new IOException("no " + member);
    }

    private static Metadata one(JsonReader json) throws IOException {
        long current = 0;
        var versions = new HashMap<Long, Version>();
        json.beginObject();
        while (json.hasNext()) {
            switch (json.nextName()) {
                case "current_version" -> current = json.nextLong();
                case "versions" -> {
                    json.beginObject();
                    while (json.hasNext()) {
                        versions.put(Long.parseLong(json.nextName()), version(json));
                    }
                    json.endObject();
                }
                default -> json.skipValue();
            }
        }
        json.endObject();
        return new Metadata(current, versions);
    }

    private static Version version(JsonReader json) throws IOException {
        var created = "";
        var deleted = "";
        boolean destroyed = false;
        json.beginObject();
        while (json.hasNext()) {
            switch (json.nextName()) {
                case "created_time" -> created = json.nextString();
                case "deletion_time" -> deleted = json.nextString();
                case "destroyed" -> destroyed = json.nextBoolean();
                default -> json.skipValue();
            }
        }
        json.endObject();
        return new Version(created, deleted, destroyed);
    }
}
