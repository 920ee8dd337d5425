package io.dso.provider.azure;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;

/**
 * An event of Event Grid that a secret of a Key Vault may have another current version, or none any more. Only a hint. Both of
 * Event Grid's schemas are understood, its own and CloudEvents 1.0.
 *
 * @param vault the vault's name
 * @param name the secret's, or the certificate's: each is kept as a secret of the same name
 */
record ChangeEvent(String vault, String name) {
    /** Of the others, those of keys and of access are none of our business, and nothing changes when an end is near. */
    private static final Set<String> TYPES = Set.of(
            "Microsoft.KeyVault.SecretNewVersionCreated",
            "Microsoft.KeyVault.SecretExpired",
            "Microsoft.KeyVault.CertificateNewVersionCreated",
            "Microsoft.KeyVault.CertificateExpired");

    /** @param text of the message: JSON, as it is or, as Event Grid writes it, in Base64 */
    static Optional<ChangeEvent> parse(String text) {
        try {
            var json = text.strip().startsWith("{") ? text : decoded(text);
            if (JsonParser.parseString(json) instanceof JsonObject event
                    && (TYPES.contains(member(event, "eventType")) || TYPES.contains(member(event, "type")))
                    && event.get("data") instanceof JsonObject data) {
                return Optional.of(new ChangeEvent(member(data, "VaultName"), member(data, "ObjectName")));
            }
        } catch (JsonParseException | IllegalArgumentException e) {
            // Somebody wrote to the queue by hand.
        }
        return Optional.empty();
    }

    private static String decoded(String text) {
        return new String(Base64.getMimeDecoder().decode(text), StandardCharsets.UTF_8);
    }

    /** A text, by its name in upper or lower case, as Microsoft's own documents have both; empty if there is none. */
    private static String member(JsonObject object, String name) {
        return object.entrySet().stream()
                .filter(entry -> entry.getKey().equalsIgnoreCase(name))
                .filter(entry -> entry.getValue() instanceof JsonPrimitive)
                .map(entry -> entry.getValue().getAsString())
                .findFirst()
                .orElse("");
    }

    boolean isOf(String vault) {
        return this.vault.equalsIgnoreCase(vault);
    }

    /** Whether what is at this address may have changed. */
    boolean isAbout(Address address) {
        return name.equalsIgnoreCase(address.name());
    }
}
