package io.dso.provider.azure;

import io.dso.provider.sdk.SecretName;
import io.dso.provider.sdk.StoreException;
import io.dso.provider.sdk.WipedBytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;

/**
 * A certificate with its key, as Key Vault keeps it beside the secrets: PKCS #12 or PEM. It comes out as PEM: the key, then the
 * chain, the certificate itself first; or only one of the two.
 */
final class Certificates {
    private static final String KEY = "key";
    private static final String CHAIN = "chain";
    private static final char[] NO_PASSWORD = {};
    /** Room for what Key Vault keeps, 25 KiB. */
    private static final int USUAL = 64 << 10;

    private Certificates() {}

    /**
     * @param value what Key Vault holds; stays the caller's
     * @param type its content type
     * @param name key {@code key} or {@code chain} for one part; empty for both
     * @return an array of its own
     */
    static byte[] pem(byte[] value, String type, SecretName name) throws StoreException {
        if (!name.key().isEmpty() && !name.key().equals(KEY) && !name.key().equals(CHAIN)) {
            throw StoreException.notFound(name.path() + " has the keys 'key' and 'chain' alone");
        }
        byte[] whole = type.equals("application/x-pem-file") ? value.clone() : fromPkcs12(value, name);
        try {
            return name.key().isEmpty() ? whole.clone() : blocks(whole, name);
        } finally {
            Arrays.fill(whole, (byte) 0);
        }
    }

    /** The blocks that are a key, or that are none. */
    private static byte[] blocks(byte[] pem, SecretName name) throws StoreException {
        try (var out = new WipedBytes(USUAL)) {
            boolean wanted = false;
            for (byte[] line : lines(pem)) {
                if (startsWith(line, "-----BEGIN ")) {
                    boolean key = new String(line, StandardCharsets.ISO_8859_1).contains("PRIVATE KEY-----");
                    wanted = key == name.key().equals(KEY);
                }
                if (wanted) {
                    out.writeBytes(line);
                    out.write('\n');
                }
                wanted = wanted && !startsWith(line, "-----END ");
                Arrays.fill(line, (byte) 0);
            }
            if (out.size() == 0) {
                throw StoreException.notFound(name.path() + " has no " + name.key() + "; may its key be exported?");
            }
            return out.toByteArray();
        }
    }

    private static List<byte[]> lines(byte[] text) {
        List<byte[]> lines = new ArrayList<>();
        int from = 0;
        for (int at = 0; at <= text.length; at++) {
            if (at == text.length || text[at] == '\n') {
                int end = at > from && text[at - 1] == '\r' ? at - 1 : at;
                if (end > from) {
                    lines.add(Arrays.copyOfRange(text, from, end));
                }
                from = at + 1;
            }
        }
        return lines;
    }

    private static boolean startsWith(byte[] line, String mark) {
        byte[] wanted = mark.getBytes(StandardCharsets.US_ASCII);
        return line.length >= wanted.length && Arrays.equals(line, 0, wanted.length, wanted, 0, wanted.length);
    }

    private static byte[] fromPkcs12(byte[] value, SecretName name) throws StoreException {
        byte[] archive = {};
        try (var out = new WipedBytes(USUAL)) {
            archive = Base64.getMimeDecoder().decode(value);
            var store = KeyStore.getInstance("PKCS12");
            store.load(new ByteArrayInputStream(archive), NO_PASSWORD);
            for (var alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias)) {
                    byte[] key = store.getKey(alias, NO_PASSWORD).getEncoded();
                    block("PRIVATE KEY", key, out);
                    Arrays.fill(key, (byte) 0);
                    for (var certificate : store.getCertificateChain(alias)) {
                        block("CERTIFICATE", certificate.getEncoded(), out);
                    }
                    return out.toByteArray();
                }
            }
            throw StoreException.notFound(name.path() + " has no key; may it be exported?");
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            throw StoreException.invalid(
                    name.path() + " is no certificate: " + e.getClass().getSimpleName());
        } finally {
            Arrays.fill(archive, (byte) 0);
        }
    }

    private static void block(String what, byte[] content, WipedBytes out) {
        byte[] text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encode(content);
        out.writeBytes(("-----BEGIN " + what + "-----\n").getBytes(StandardCharsets.US_ASCII));
        out.writeBytes(text);
        out.writeBytes(("\n-----END " + what + "-----\n").getBytes(StandardCharsets.US_ASCII));
        Arrays.fill(text, (byte) 0);
    }
}
