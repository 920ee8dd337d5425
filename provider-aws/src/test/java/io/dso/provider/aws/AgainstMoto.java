package io.dso.provider.aws;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** One moto for all tests of a class, which forgets everything between them, and the gateway before it. */
abstract class AgainstMoto {
    static AwsServer moto;

    @TempDir
    Path directory;

    Gateway gateway;

    @BeforeAll
    static void startServer() throws IOException {
        moto = AwsServer.moto();
    }

    @AfterAll
    static void stopServer() {
        if (moto != null) {
            moto.close();
        }
    }

    @BeforeEach
    void forget() throws IOException {
        moto.reset();
        gateway = new Gateway(moto);
    }

    @AfterEach
    void closeGateway() {
        gateway.close();
    }
}
