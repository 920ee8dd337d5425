package io.dso.agent.engine;

import com.oracle.svm.core.annotate.Alias;
import com.oracle.svm.core.annotate.Substitute;
import com.oracle.svm.core.annotate.TargetClass;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketAddress;

/**
 * docker-java mentions JNA, which we leave out: the JDK has Unix domain sockets. A native executable is linked at build
 * time and must not mention missing classes, so these two methods are replaced there.
 */
final class WithoutJna {
    private WithoutJna() {}
}

@TargetClass(className = "com.github.dockerjava.transport.UnixSocket")
final class UnixSocketWithoutJna {
    @Alias
    UnixSocketWithoutJna(String path) throws ReflectiveOperationException, IOException {}

    @Substitute
    static Socket get(String path) throws IOException {
        try {
            return (Socket) (Object) new UnixSocketWithoutJna(path);
        } catch (ReflectiveOperationException e) {
            throw new IOException(e);
        }
    }
}

@TargetClass(className = "com.github.dockerjava.transport.NamedPipeSocket")
final class NoNamedPipes {
    private NoNamedPipes() {}

    @Substitute
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        throw new IOException("named pipes are not supported");
    }
}
