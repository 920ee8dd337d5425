package io.dso.provider.vault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An authority for certificates, of OpenBao's own engine; its certificate is {@code NAME.pem} in the directory. */
final class Authority {
    private final Bao bao;
    private final Path directory;
    private final String name;

    Authority(Bao bao, Path directory, String name) throws IOException {
        this.bao = bao;
        this.directory = directory;
        this.name = name;
        bao.post("/sys/mounts/" + name, "{'type':'pki'}");
        var made = bao.post(
                "/" + name + "/root/generate/internal",
                "{'common_name':'" + name + "','ttl':'24h','key_type':'ec','key_bits':256}");
        var certificate = made.getAsJsonObject("data").get("certificate").getAsString();
        Files.writeString(directory.resolve(name + ".pem"), certificate + "\n");
        bao.post(
                "/" + name + "/roles/any",
                "{'allow_any_name':true,'enforce_hostnames':false,'key_type':'ec','key_bits':256}");
    }

    /** Makes {@code FILE.pem} and {@code FILE.key}. */
    void issue(String file, String host) throws IOException {
        var made = bao.post(
                        "/" + name + "/issue/any",
                        "{'common_name':'" + host + "','private_key_format':'pkcs8','ttl':'1h'}")
                .getAsJsonObject("data");
        Files.writeString(
                directory.resolve(file + ".pem"), made.get("certificate").getAsString() + "\n");
        Files.writeString(
                directory.resolve(file + ".key"), made.get("private_key").getAsString() + "\n");
    }

    /** Lines of a server's configuration that make it serve TLS with such files. */
    String listener(String file) {
        return """
                listener "tcp" {
                  address = "127.0.0.1:TLS_PORT"
                  tls_cert_file = "%1$s/%2$s.pem"
                  tls_key_file = "%1$s/%2$s.key"
                }
                """.formatted(directory, file);
    }
}
