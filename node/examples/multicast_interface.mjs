// By which interface datagrams to groups leave.
import dgram from 'libdgram';

const six = dgram.createSocket('udp6');
six.bind(0, () => {
  six.setMulticastInterface('::%eth1');
  console.log('udp6: eth1, or the default where there is none');
  six.close();
});

const four = dgram.createSocket('udp4');
four.bind(0, () => {
  try {
    four.setMulticastInterface('127.0.0.1');
    four.setMulticastInterface('203.0.113.9');
  } catch (err) {
    console.log(`udp4: ${err.message}`);
  }
  four.close();
});
