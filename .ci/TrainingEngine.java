import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A Docker engine without a container, so that .ci/train can record an agent that has one. Argument: its socket. */
final class TrainingEngine {
    public static void main(String[] arguments) throws IOException {
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(Path.of(arguments[0])));
            while (true) {
                var connection = server.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            }
        }
    }

    private static void serve(SocketChannel connection) {
        try (connection) {
            var requests = new BufferedReader(new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.US_ASCII));
            String request;
            while ((request = requests.readLine()) != null) {
                String header;
                do {
                    header = requests.readLine();
                } while (header != null && !header.isEmpty());
                answer(connection, request.contains("/events"));
            }
        } catch (IOException e) {
            // The agent ended.
        }
    }

    private static void answer(SocketChannel connection, boolean stream) throws IOException {
        var length = stream ? "Transfer-Encoding: chunked\r\n\r\n" : "Content-Length: 2\r\n\r\n[]";
        var answer = "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\n" + length;
        connection.write(ByteBuffer.wrap(answer.getBytes(StandardCharsets.US_ASCII)));
    }
}
