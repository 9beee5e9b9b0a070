package setup

import (
	"encoding/binary"
	"fmt"

	"github.com/guestprep/packer-plugin-guestprep/test/standin/unattend"
)

const (
	sectorSize  = 512
	firstSector = 2048 // Windows 7 aligns partitions at 1 MiB
	sectorsInMB = 1 << 20 / sectorSize
	typeNTFS    = 0x07
	typeHidden  = 0x27 // what Windows calls its recovery partition: it gets no drive letter
)

// Extent is one partition's place on the disk, in sectors.
type Extent struct{ Start, Count uint32 }

// Layout places the partitions on a disk of that many sectors.
func Layout(partitions []unattend.Partition, sectors uint64) ([]Extent, error) {
	if len(partitions) == 0 || len(partitions) > 4 {
		return nil, fmt.Errorf("%d partitions do not fit in an MBR", len(partitions))
	}
	const most = 1<<32 - 1
	end := uint32(min(sectors, most))
	next := uint32(firstSector)
	var extents []Extent
	for i, p := range partitions {
		count := uint32(p.SizeMB) * sectorsInMB
		if p.SizeMB == 0 {
			if i != len(partitions)-1 {
				return nil, fmt.Errorf("partition %d extends but is not the last", i+1)
			}
			if next < end {
				count = (end - next) / sectorsInMB * sectorsInMB
			}
		}
		if count == 0 || uint64(next)+uint64(count) > uint64(end) {
			return nil, fmt.Errorf("partition %d does not fit on the disk of %d MB", i+1, sectors/sectorsInMB)
		}
		extents = append(extents, Extent{next, count})
		next += count
	}
	return extents, nil
}

// MBR writes the first sector of the disk: the boot code and the partition table.
func MBR(code []byte, partitions []unattend.Partition, extents []Extent, signature uint32) []byte {
	const table, entry = 446, 16
	mbr := make([]byte, sectorSize)
	copy(mbr[:440], code)
	binary.LittleEndian.PutUint32(mbr[440:], signature)
	for i, e := range extents {
		b := mbr[table+i*entry:]
		if partitions[i].Active {
			b[0] = 0x80
		}
		copy(b[1:4], []byte{0xfe, 0xff, 0xff}) // no cylinders: use the sector numbers
		b[4] = typeNTFS
		if partitions[i].TypeID != "" {
			b[4] = typeHidden
		}
		copy(b[5:8], []byte{0xfe, 0xff, 0xff})
		binary.LittleEndian.PutUint32(b[8:], e.Start)
		binary.LittleEndian.PutUint32(b[12:], e.Count)
	}
	mbr[510], mbr[511] = 0x55, 0xaa
	return mbr
}
