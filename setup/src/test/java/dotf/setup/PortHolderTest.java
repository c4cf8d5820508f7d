package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PortHolderTest {
  @Test
  void of_portThatWeListenOn_isUs() throws IOException {
    assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "skipped: no /proc on this system");
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(PortHolder.of(socket.getLocalPort()))
          .hasValueSatisfying(
              holder -> assertThat(holder.pid()).isEqualTo(ProcessHandle.current().pid()));
    }
  }

  @Test
  void of_nobodyOrATornTable_isEmpty(@TempDir Path proc) throws IOException {
    assertThat(PortHolder.of(proc, 8080)).isEmpty();
    Files.createDirectories(proc.resolve("net"));
    Files.writeString(proc.resolve("net/tcp"), "  sl  local\n 0: 0100007F:1F90 0000\n\n");
    assertThat(PortHolder.of(proc, 8080)).isEmpty();
  }
}
