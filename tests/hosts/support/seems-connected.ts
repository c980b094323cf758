// Loaded before the program (`node --import`): the machine seems to be in a network, whatever interfaces it has.
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";

os.networkInterfaces = () => ({
  eth0: [
    {
      address: "198.51.100.2",
      netmask: "255.255.255.0",
      family: "IPv4",
      mac: "02:00:00:00:00:01",
      internal: false,
      cidr: "198.51.100.2/24",
    },
  ],
});
syncBuiltinESMExports();
