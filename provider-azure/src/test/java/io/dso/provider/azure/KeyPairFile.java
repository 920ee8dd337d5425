package io.dso.provider.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.List;

/**
 * A key and its self-signed certificate for 127.0.0.1, by the JDK's own tool.
 *
 * @param store as PKCS #12
 * @param pem as PEM, key first
 * @param authority the certificate alone
 */
record KeyPairFile(Path store, Path pem, Path authority, PrivateKey key, Certificate certificate) {
    static final String PASSWORD = "changeit";

    static KeyPairFile make(Path directory, String name)
            throws IOException, GeneralSecurityException, InterruptedException {
        var store = directory.resolve("pair.p12");
        var tool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "a",
                        "-keyalg",
                        "RSA",
                        "-keysize",
                        "2048",
                        "-validity",
                        "2",
                        "-dname",
                        name,
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD))
                .redirectErrorStream(true)
                .start();
        var said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(tool.waitFor()).as(said).isZero();
        var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
        var key = (PrivateKey) keys.getKey("a", PASSWORD.toCharArray());
        var certificate = keys.getCertificate("a");
        var pem = Files.writeString(
                directory.resolve("pair.pem"),
                block("PRIVATE KEY", key.getEncoded()) + block("CERTIFICATE", certificate.getEncoded()));
        var authority = Files.writeString(directory.resolve("ca.pem"), block("CERTIFICATE", certificate.getEncoded()));
        return new KeyPairFile(store, pem, authority, key, certificate);
    }

    static String block(String what, byte[] content) {
        return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                .formatted(what, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content), what);
    }

    /** As Key Vault gives it: without a password, in base 64. */
    String withoutPassword() throws Exception {
        var out = new java.io.ByteArrayOutputStream();
        var open = KeyStore.getInstance("PKCS12");
        open.load(null, null);
        open.setKeyEntry("1", key, new char[0], new Certificate[] {certificate});
        open.store(out, new char[0]);
        return Base64.getEncoder().encodeToString(out.toByteArray());
    }
}
