package dotf.dht.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PortHolderTest {
  @Test
  @EnabledOnOs(OS.LINUX)
  void of_ourOwnPort_namesThisProcess() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(PortHolder.of(socket.getLocalPort()))
          .contains("process " + ProcessHandle.current().pid());
    }
  }

  @Test
  void of_freePort_isUnknown() {
    assertThat(PortHolder.of(1)).isNull();
  }

  @Test
  void find_withoutProc_isUnknown(@TempDir Path empty) {
    assertThat(new PortHolder(empty).find(8080)).isNull();
  }
}
